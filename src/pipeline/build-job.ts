import { join } from 'node:path';
import type { BuildJob } from '../buildkit/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { goNetrcPath } from './go-netrc.ts';

export interface JobPlaces {
  /** Absolute path of the checkout. */
  readonly root: string;
  /** An empty folder of this build. */
  readonly workFolder: string;
  readonly builder?: string | undefined;
}

/** The part of a plan that BuildKit carries out. */
export function buildJob(plan: BuildPlan, { root, workFolder, builder }: JobPlaces): BuildJob {
  const { image, cache, attestations } = plan;
  return {
    checkoutDir: root,
    contextDir: join(root, image.context),
    dockerfilePath: join(root, image.dockerfile),
    ...(image.target === undefined ? {} : { target: image.target }),
    platforms: plan.platforms,
    buildArgs: plan.buildArgs,
    labels: plan.labels,
    annotations: plan.labels,
    secrets: plan.secrets.map((secret) => jobSecret(secret, workFolder)),
    namedContexts: plan.buildContexts.map(([name, path]) => [name, join(root, path)]),
    cacheFrom: cache.import,
    cacheTo: cache.export === undefined ? [] : [cache.export],
    provenance: attestations.provenance,
    sbom: attestations.sbom,
    noCache: plan.noCache,
    ...(plan.sourceDateEpoch === undefined ? {} : { sourceDateEpoch: plan.sourceDateEpoch }),
    rewriteTimestamp: plan.sourceDateEpoch !== undefined,
    builder,
    outputDir: join(workFolder, 'image'),
    metadataPath: join(workFolder, 'metadata.json'),
  };
}

function jobSecret(secret: BuildPlan['secrets'][number], workFolder: string): BuildJob['secrets'][number] {
  const { id } = secret;
  if (secret.kind === 'environment') return { id, env: secret.variable };
  return { id, src: secret.kind === 'file' ? secret.path : goNetrcPath(workFolder) };
}
