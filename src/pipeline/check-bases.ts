import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { layoutMaterials, type Material } from '../buildkit/index.ts';
import { dockerfileBases } from '../dockerfile/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { type Denied, denialOf, judgeBases, restrictsBases } from '../policy/index.ts';
import type { Run } from './run.ts';

/** Bytes; what is larger is left to BuildKit, and to the provenance. */
const longestDockerfile = 1024 * 1024;

/**
 * Refuses base images as far as the Dockerfile shows them, before anything is built. What it does not show is refused
 * later, by `checkUsedBases`. Throws `policy.denied`.
 */
export async function checkDockerfileBases(root: string, plan: BuildPlan): Promise<void> {
  const { image, platforms, buildArgs, buildContexts, policy } = plan;
  if (!restrictsBases(policy.bases)) return;
  const path = join(root, image.dockerfile);
  if ((await stat(path)).size > longestDockerfile) return;
  const untrustedText = await readFile(path, 'utf8');
  const contexts = buildContexts.map(([name]) => name);
  const frontends = buildArgs.filter(([name]) => name === 'BUILDKIT_SYNTAX');
  for (const [, untrustedName] of frontends) {
    const refusal = judgeBases([{ kind: 'image', untrustedName }], policy.bases);
    if (refusal !== undefined) throw denialOf(refusal, 'build argument BUILDKIT_SYNTAX');
  }
  for (const platform of platforms) {
    const question = { untrustedText, target: image.target, platform, buildArgs, contexts };
    for (const { untrustedName, line } of dockerfileBases(question)) {
      const refusal = judgeBases([{ kind: 'image', untrustedName }], policy.bases);
      if (refusal !== undefined) throw denialOf(refusal, `${image.dockerfile}:${line}`);
    }
  }
}

/**
 * Refuses an image for the base images that it was really built on, by BuildKit's provenance; to be called before
 * anything of it leaves this machine. Where the engine does not tell, the image is refused. Throws `policy.denied`.
 */
export async function checkUsedBases(run: Run): Promise<void> {
  const { bases } = run.plan.policy;
  if (!restrictsBases(bases)) return;
  const materials = await usedMaterials(run);
  const refusal = materials === undefined ? untold(bases.only?.rule) : judgeBases(materials, bases);
  if (refusal !== undefined) throw denialOf(refusal);
}

/** What went into the image that was built; undefined where the engine does not tell. */
export async function usedMaterials(run: Run): Promise<readonly Material[] | undefined> {
  const { image } = run.record;
  // A frontend of the caller's can attest what it likes where we asked for no attestation of our own.
  const ours = run.plan.attestations.provenance !== 'off';
  const attested = image === undefined || !ours ? undefined : await layoutMaterials(image.layout);
  return attested ?? recordedByEngines(run);
}

/** Undefined where one of the engines does not tell. */
async function recordedByEngines({ record, ports, signal }: Run): Promise<readonly Material[] | undefined> {
  const materials: Material[] = [];
  for (const { node, outcome } of record.builds) {
    const { platforms, builder } = node;
    if (outcome.buildRef === undefined) return undefined;
    const build = { buildRef: outcome.buildRef, platforms, builder };
    const told = await ports.recordedMaterials(build, signal);
    if (told === undefined) return undefined;
    materials.push(...told);
  }
  return record.builds.length === 0 ? undefined : materials;
}

function untold(rule = 'restricted-bases'): Denied {
  const reason = 'the engine does not tell which base images were used, so they cannot be judged';
  const wayOut = 'set "provenance" to "min" and "reproducible" to false, or update docker and buildx';
  return { kind: 'denied', rule, reason, wayOut };
}
