import { isFailure, throwIfCancelled } from '../../core/index.ts';
import type { Run } from '../run.ts';
import { Unrepeatable } from './build-inputs.ts';
import { findImage } from './find-image.ts';
import { digestInputs, fingerprintOf, fingerprintTag } from './fingerprint.ts';
import { readInputs } from './read-inputs.ts';
import type { ReuseRecord } from './reuse-record.ts';

/**
 * Looks for the image of an earlier build with the same inputs, where the plan wants that; true when there is one to go
 * on with. That none can be looked for is no fault of the build, and is said once.
 */
export async function lookForImage(run: Run): Promise<boolean> {
  const { plan, record, stages, emit } = run;
  if (plan.reuse === undefined) return false;
  const reuse = await stages.run('plan', 'looking for an image of the same inputs', () => lookForWhole(run));
  record.reuse = reuse;
  emit({ kind: 'notice', level: 'info', ...noticeOf(reuse, plan.image.dockerfile) });
  return reuse.kind === 'reused';
}

/** An earlier image is not there in parts, so each of several jobs looks for all of it. */
async function lookForWhole(run: Run): Promise<ReuseRecord> {
  const { whole } = run;
  if (whole === undefined) return look(run);
  const reason =
    'engines of other jobs cannot be asked for their version: let "reuse.builder-version" in the configuration stand for it';
  if (whole.reuse?.builderVersion === undefined) return { kind: 'ineligible', reason };
  return look({ ...run, plan: whole });
}

async function look(run: Run): Promise<ReuseRecord> {
  const { plan, ports, record, signal } = run;
  const { obstacle, anew } = plan.reuse ?? {};
  if (obstacle !== undefined) return { kind: 'ineligible', ...obstacle };
  try {
    await checkVouchers(run);
    record.inputs = await readInputs(run);
    const inputs = digestInputs(record.inputs);
    const fingerprint = fingerprintOf(plan, inputs);
    const built = { kind: 'built', fingerprint, inputs, confirmed: false } as const;
    if (anew !== undefined) return { ...built, reason: anew };
    const reference = fingerprintTag(fingerprint);
    const found = await findImage(ports.openEarlierImages(signal), plan, { fingerprint, reference });
    if (found.kind === 'none') return { ...built, reason: found.reason };
    const { image, from } = found;
    return { kind: 'reused', fingerprint, inputs, image, from };
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof Unrepeatable) return { kind: 'ineligible', reason: error.message, line: error.line };
    if (isFailure(error)) return { kind: 'ineligible', reason: error.message };
    throw error;
  }
}

/** A machine that builds may have no keys: for telling signatures their public halves are enough. */
async function checkVouchers({ plan, ports, signal }: Run): Promise<void> {
  const vouchers = plan.reuse?.vouchers ?? [];
  try {
    await ports.openEarlierImages(signal).checkVouchers(vouchers);
  } catch (cause) {
    if (!isFailure(cause) || signal.aborted) throw cause;
    throw new Unrepeatable(
      `signatures of "${vouchers.join('", "')}" cannot be told from others here: ${cause.message}; let "trust", "chain" of a notation signer and "public-key" of a cosign signer name files of this machine`,
      { cause },
    );
  }
}

function noticeOf(reuse: ReuseRecord, dockerfile: string) {
  if (reuse.kind === 'reused') {
    const run = reuse.from.run === undefined ? '' : ` (run ${reuse.from.run})`;
    const commit = `${reuse.from.commit?.slice(0, 12)}${run}`;
    return { message: `nothing has changed since commit ${commit}: going on with its image` };
  }
  const { line } = reuse.kind === 'ineligible' ? reuse : {};
  if (line === undefined) return { message: `no earlier image is reused: ${reuse.reason}` };
  return {
    message: `no earlier image is reused: ${dockerfile}:${line} ${reuse.reason}`,
    ...{ file: dockerfile, line },
  };
}
