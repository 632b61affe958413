import { ImageBuilderError, isFailure, reasonOf } from '../core/index.ts';

export interface PublishFailure {
  /** What could not be done, for people. */
  readonly what: string;
  /** By repository or reference; at least one. */
  readonly failures: ReadonlyMap<string, unknown>;
  /** What stands in the registries nevertheless. */
  readonly published: readonly string[];
  /** Whether all that stands there can stay, unseen by anyone who pulls by tag. */
  readonly harmless: boolean;
  readonly hint: string;
}

/**
 * One error for several failures, its cause the first of them. When every registry said no, a retry cannot help: it is
 * `registry.refused`. A failure that is no registry's, such as broken credentials, passes as it is. Neither hides that
 * something harmful was left behind.
 */
export function publishFailure({ what, failures, published, harmless, hint }: PublishFailure): unknown {
  const reasons = [...failures.values()];
  const foreign = reasons.find((error) => !isRegistryFailure(error));
  if (harmless && foreign !== undefined) return foreign;
  const [first] = reasons;
  const failed = [...failures.keys()];
  const message = `${what} ${failed.join(', ')}: ${reasonOf(first)}`;
  const options = { cause: first, hint: (isFailure(first) ? first.hint : undefined) ?? hint };
  const refused = reasons.every((error) => isFailure(error, 'registry.refused'));
  return harmless && refused && isFailure(first, 'registry.refused')
    ? new ImageBuilderError('registry.refused', message, first.details, options)
    : new ImageBuilderError('publish.incomplete', message, { failed, published }, options);
}

function isRegistryFailure(error: unknown): boolean {
  return (
    isFailure(error, 'registry.refused') ||
    isFailure(error, 'registry.unavailable') ||
    isFailure(error, 'registry.corrupt')
  );
}
