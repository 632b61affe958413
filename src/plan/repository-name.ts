import type { SourceState } from '../ci/index.ts';

/** owner/name, or the name alone. */
export function repositoryName({ owner, name }: SourceState): string {
  return owner === undefined ? name : `${owner}/${name}`;
}
