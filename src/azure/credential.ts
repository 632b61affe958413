import type { Secret } from '../core/index.ts';

/** How we show the service who we are. Failures are `azure.refused` and `azure.unavailable`. */
export interface AzureCredential {
  /** The value of the `Authorization` header. */
  authorization(signal: AbortSignal | undefined): Promise<Secret>;
  /** Another value after `rejected` was not accepted; undefined when there is none. */
  renewed(rejected: Secret, signal: AbortSignal | undefined): Promise<Secret | undefined>;
}
