import { join } from 'node:path';
import type { BuildJob } from '../buildkit/index.ts';
import type { BuildNode, BuildPlan } from '../plan/index.ts';
import { goNetrcPath } from './go-netrc.ts';
import { mountNamespace } from './mount-namespace.ts';

export interface JobPlaces {
  /** Absolute path of the checkout. */
  readonly root: string;
  /** Of this build. */
  readonly workFolder: string;
}

/** Where the image is that the whole build makes. */
export function imageFolder(workFolder: string): string {
  return join(workFolder, 'image');
}

/** The part of a plan that BuildKit carries out on one of its nodes. */
export function buildJob(plan: BuildPlan, node: BuildNode, { root, workFolder }: JobPlaces): BuildJob {
  const { image, attestations } = plan;
  return {
    checkoutDir: root,
    contextDir: join(root, image.context),
    dockerfilePath: join(root, image.dockerfile),
    ...(image.target === undefined ? {} : { target: image.target }),
    platforms: node.platforms,
    buildArgs: [...plan.buildArgs, ...mountNamespace(plan, node)],
    labels: plan.labels,
    annotations: plan.labels,
    secrets: plan.secrets.map((secret) => jobSecret(secret, workFolder)),
    namedContexts: plan.buildContexts.map(([name, path]) => [name, join(root, path)]),
    cacheFrom: node.cache.import,
    cacheTo: [],
    provenance: attestations.provenance,
    sbom: attestations.sbom,
    compression: plan.compression,
    noCache: plan.noCache,
    ...(plan.sourceDateEpoch === undefined ? {} : { sourceDateEpoch: plan.sourceDateEpoch }),
    rewriteTimestamp: plan.sourceDateEpoch !== undefined,
    ...(plan.nodes.length === 1 ? {} : { node: node.name }),
    builder: node.builder,
    outputDir: plan.nodes.length === 1 ? imageFolder(workFolder) : join(workFolder, `image-${node.name}`),
    metadataPath: join(workFolder, `metadata-${node.name}.json`),
  };
}

function jobSecret(secret: BuildPlan['secrets'][number], workFolder: string): BuildJob['secrets'][number] {
  const { id } = secret;
  if (secret.kind === 'environment') return { id, env: secret.variable };
  return { id, src: secret.kind === 'file' ? secret.path : goNetrcPath(workFolder) };
}
