import { isFailure } from '../../core/index.ts';
import { readCheckout } from '../read-checkout.ts';
import type { SourceState } from '../source-state.ts';
import type { CiBuild } from './ci-build.ts';

export interface CiSourcePlace {
  /** Where a checkout may be. */
  readonly directory: string;
  /** Stands for the time of a commit that is not at hand. */
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a CI builds, with the checkout of that very commit where there is one; `root` is empty where there is none, or
 * one of another commit.
 */
export async function ciSource(
  build: CiBuild,
  { directory, now, signal }: CiSourcePlace,
): Promise<SourceState> {
  const { event, host, owner, name, commitSha, ref, pullRequest } = build;
  const checkout = await readCheckout(directory, signal).catch((error: unknown) => {
    if (isFailure(error, 'source.invalid')) return undefined;
    throw error;
  });
  const isAtHand = checkout?.commitSha === commitSha;
  return {
    event,
    owner,
    name,
    commitSha,
    commitTime: isAtHand ? checkout.commitTime : now,
    ...(ref === undefined ? {} : { ref }),
    ...(pullRequest === undefined ? {} : { pullRequest }),
    dirty: isAtHand && checkout.dirty,
    root: isAtHand ? checkout.root : '',
    url: `https://${host}/${owner}/${name}`,
  };
}
