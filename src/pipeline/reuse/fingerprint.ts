import { type Digest, digestHex, digestOf } from '../../oci/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import { isProductionEvent } from '../../policy/index.ts';
import type { BuildInputs } from './build-inputs.ts';

/** Of the description below; another one makes every fingerprint another one. */
const version = 2;

/** Labels whose values change with every commit. A reused image keeps those of the commit that it was built from. */
const perCommitLabels = [
  'org.opencontainers.image.created',
  'org.opencontainers.image.revision',
  'org.opencontainers.image.version',
];

/** Stands for what only the machine that builds can see. */
export function digestInputs({ files, images, builder }: BuildInputs): Digest {
  const description = [
    ['files', [files.dockerfile, files.context, byName(files.contexts)]],
    ['images', byName(images)],
    ['builder', builder],
  ];
  return digestOf(JSON.stringify(description));
}

/**
 * Stands for everything that can show in an image, and for the trust that its build had: the same for two builds only
 * if the image of one can stand for that of the other. All but the inputs is the plan's, so whoever has the plan can
 * work it out, and whoever lies about inputs lies about builds of the very same plan.
 */
export function fingerprintOf(plan: BuildPlan, inputs: Digest): Digest {
  const { image, reuse, attestations } = plan;
  const args = plan.buildArgs.filter(([name]) => !reuse?.perCommitArgs.includes(name));
  const labels = Object.entries(plan.labels).filter(([name]) => !perCommitLabels.includes(name));
  const description = [
    ['version', version],
    ['trust', trustOf(plan)],
    ['image', [image.name, image.dockerfile, image.context, image.target ?? null]],
    ['platforms', plan.platforms],
    ['arguments', byName(args)],
    ['labels', byName(labels)],
    ['attestations', [attestations.provenance, attestations.sbom]],
    ['compression', plan.compression],
    ['reproducible', plan.sourceDateEpoch !== undefined],
    ['epoch', reuse?.epoch ?? null],
    ['inputs', inputs],
  ];
  return digestOf(JSON.stringify(description));
}

/** Whose build it is, of which tier, by which rule, and what that rule lets in. */
function trustOf({ source, policy, signing }: BuildPlan): unknown {
  const { rule, bases, builderNodes } = policy;
  const signers = signing.kind === 'unsigned' ? [] : signing.signers;
  const { only, restricted } = bases;
  return [
    source.repository,
    isProductionEvent(source.event) ? 'production' : source.event,
    rule ?? null,
    signers,
    builderNodes ?? null,
    only?.places ?? null,
    restricted?.places ?? null,
  ];
}

function byName<Value>(pairs: readonly (readonly [string, Value])[]): readonly (readonly [string, Value])[] {
  return pairs.toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
}

/** The tag under which a repository keeps the image of a fingerprint; no tag of a build can have this form. */
export function fingerprintTag(fingerprint: Digest): string {
  return `fp-${digestHex(fingerprint)}`;
}
