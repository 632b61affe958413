import { isFailure, throwIfCancelled } from '../../core/index.ts';
import { usedMaterials } from '../check-bases.ts';
import type { Run } from '../run.ts';
import { type BuildInputs, Unrepeatable } from './build-inputs.ts';
import { readInputFiles } from './read-inputs.ts';

/**
 * Sees whether an image was made of the inputs that were looked up before, so that its signatures may say so: an engine
 * has images of its own, tags move, and people go on typing while it builds.
 */
export async function confirmInputs(run: Run): Promise<void> {
  const { reuse, inputs } = run.record;
  if (reuse?.kind !== 'built' || inputs === undefined) return;
  const doubt = await doubtOf(run, inputs);
  run.record.reuse =
    doubt === undefined
      ? { ...reuse, confirmed: true }
      : { ...reuse, reason: `${reuse.reason}; nor can this one be reused: ${doubt}` };
}

async function doubtOf(run: Run, inputs: BuildInputs): Promise<string | undefined> {
  // The engine may have been another one then.
  if (run.record.image?.resumed) return 'an earlier run built it';
  try {
    return (await otherImages(run, inputs)) ?? (await otherFiles(run, inputs));
  } catch (error) {
    throwIfCancelled(run.signal);
    if (error instanceof Unrepeatable || isFailure(error)) return error.message;
    throw error;
  }
}

async function otherImages(run: Run, { images }: BuildInputs): Promise<string | undefined> {
  const materials = await usedMaterials(run);
  if (materials === undefined) return 'the engine does not tell what went into it';
  const known = images.map(([, digest]) => digest);
  for (const material of materials) {
    if (material.kind === 'address') return `it took in "${material.untrustedUrl}"`;
    if (material.digest === undefined || !known.includes(material.digest))
      return `image "${material.untrustedName}" was another one for the engine`;
  }
  return undefined;
}

async function otherFiles(run: Run, { files }: BuildInputs): Promise<string | undefined> {
  const now = await readInputFiles(run);
  return JSON.stringify(now) === JSON.stringify(files) ? undefined : 'files changed while it was built';
}
