import type { SourceState } from '../ci/index.ts';
import type { Settings } from '../config/index.ts';
import { dockerfileInputs } from '../dockerfile/index.ts';
import type { BuildRequest } from '../request/index.ts';
import { type Tag, tagBuildArgs } from '../tags/index.ts';
import type { BuildPlan } from './build-plan.ts';

/** How a build goes on with the image of an earlier one that had the same inputs. */
export interface ReusePlan {
  /** Part of every fingerprint, so that the owner can have all images built anew. */
  readonly epoch: string;
  /** Stands for the engine that builds, which is asked for its version otherwise. */
  readonly builderVersion?: string;
  /** Names of build arguments whose values change with every commit. */
  readonly perCommitArgs: readonly string[];
  /** Names of the signers that can vouch for the inputs of an image: each must. */
  readonly vouchers: readonly string[];
  /** Why no earlier image is looked for, although this one can be reused later. */
  readonly anew?: string;
  /** Why neither is possible. */
  readonly obstacle?: ReuseObstacle;
}

export interface ReuseObstacle {
  readonly reason: string;
  /** Of the Dockerfile, from 1, where the reason stands there. */
  readonly line?: number;
}

export interface ReuseInputs {
  readonly request: BuildRequest;
  readonly source: SourceState;
  readonly settings: Settings;
  readonly tags: readonly Tag[];
  readonly signing: BuildPlan['signing'];
  readonly built: Pick<BuildPlan, 'image' | 'platforms' | 'buildArgs' | 'buildContexts'>;
  /** Undefined where it is not at hand; then the build itself looks for what stands in the way. */
  readonly untrustedDockerfile?: string | undefined;
}

/** Nothing where the configuration does not ask for it. */
export function planReuse(inputs: ReuseInputs): { readonly reuse?: ReusePlan } {
  const { request, settings, tags } = inputs;
  if (!settings.reuse.enabled) return {};
  const vouchers = vouchersOf(inputs);
  const { builderVersion } = settings.reuse;
  const exported = request.exportTags ? tagBuildArgs(tags).map(([name]) => name) : [];
  const perCommitArgs = [
    'BUILD_COMMIT_SHA',
    ...exported,
    ...(settings.reproducible ? ['SOURCE_DATE_EPOCH'] : []),
  ];
  const obstacle = obstacleOf(inputs, vouchers) ?? writtenObstacle(inputs, perCommitArgs);
  const anew = request.noCache ? '--no-cache' : isScheduled(inputs) ? 'it is built on schedule' : undefined;
  return {
    reuse: {
      epoch: settings.cache.epoch ?? '',
      ...(builderVersion === undefined ? {} : { builderVersion }),
      perCommitArgs,
      vouchers,
      ...(anew === undefined ? {} : { anew }),
      ...(obstacle === undefined ? {} : { obstacle }),
    },
  };
}

/** Whoever asks for a build because time has passed wants what has changed outside of the repository. */
function isScheduled({ source }: ReuseInputs): boolean {
  return source.event === 'schedule';
}

/** Those who sign by themselves; a service is told a digest and no more. */
function vouchersOf({ settings, signing }: ReuseInputs): readonly string[] {
  if (signing.kind === 'unsigned') return [];
  const signers = settings.signConfig?.signers ?? [];
  const kinds = new Map(signers.map(({ name, type }) => [name, type]));
  return signing.signers.filter((name) => kinds.get(name) !== 'notary');
}

function obstacleOf(
  { request, source, signing }: ReuseInputs,
  vouchers: readonly string[],
): ReuseObstacle | undefined {
  if (source.dirty) return { reason: 'the checkout has uncommitted changes' };
  if (request.secrets.length > 0 || request.useGoModules)
    return { reason: 'it gets build secrets, which may change' };
  if (signing.kind === 'unsigned')
    return { reason: 'it is not signed, so that nothing could vouch for an earlier image' };
  if (vouchers.length > 0) return undefined;
  const names = signing.signers.join('", "');
  return { reason: `"${names}" signs a digest and cannot vouch for what an image was made of` };
}

/** What the Dockerfile says that can never be told from its inputs. */
function writtenObstacle(
  { built, untrustedDockerfile: untrustedText }: ReuseInputs,
  perCommitArgs: readonly string[],
): ReuseObstacle | undefined {
  if (untrustedText === undefined) return undefined;
  const { image, platforms, buildArgs, buildContexts } = built;
  const contexts = buildContexts.map(([name]) => name);
  const facts = { untrustedText, platforms, buildArgs, contexts, target: image.target, perCommitArgs };
  const inputs = dockerfileInputs(facts);
  return inputs.kind === 'known' ? undefined : { reason: inputs.reason, line: inputs.line };
}
