import type { SourceState } from '../ci/index.ts';
import type { Settings } from '../config/index.ts';
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
  readonly obstacle?: string;
}

export interface ReuseInputs {
  readonly request: BuildRequest;
  readonly source: SourceState;
  readonly settings: Settings;
  readonly tags: readonly Tag[];
  readonly signing: BuildPlan['signing'];
}

/** Nothing where the configuration does not ask for it. */
export function planReuse(inputs: ReuseInputs): { readonly reuse?: ReusePlan } {
  const { request, settings, tags } = inputs;
  if (!settings.reuse.enabled) return {};
  const vouchers = vouchersOf(inputs);
  const { builderVersion } = settings.reuse;
  const exported = request.exportTags ? tagBuildArgs(tags).map(([name]) => name) : [];
  const obstacle = obstacleOf(inputs, vouchers);
  const anew = request.noCache ? '--no-cache' : isScheduled(inputs) ? 'it is built on schedule' : undefined;
  return {
    reuse: {
      epoch: settings.cache.epoch ?? '',
      ...(builderVersion === undefined ? {} : { builderVersion }),
      perCommitArgs: [
        'BUILD_COMMIT_SHA',
        ...exported,
        ...(settings.reproducible ? ['SOURCE_DATE_EPOCH'] : []),
      ],
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
): string | undefined {
  if (source.dirty) return 'the checkout has uncommitted changes';
  if (request.secrets.length > 0 || request.useGoModules) return 'it gets build secrets, which may change';
  if (signing.kind === 'unsigned')
    return 'it is not signed, so that nothing could vouch for an earlier image';
  if (vouchers.length > 0) return undefined;
  return `"${signing.signers.join('", "')}" signs a digest and cannot vouch for what an image was made of`;
}
