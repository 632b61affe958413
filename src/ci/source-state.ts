/** The events that a build can be for; `local` is a checkout on somebody's own machine. */
export const buildEvents = [
  'local',
  'push',
  'pull_request_target',
  'merge_group',
  'workflow_dispatch',
  'schedule',
] as const;

export type BuildEvent = (typeof buildEvents)[number];

/** What is being built and why: the same value whether a laptop, GitHub, Azure DevOps or Jenkins says so. */
export interface SourceState {
  readonly event: BuildEvent;
  /** Owner of the repository; absent for a checkout without a remote. */
  readonly owner?: string;
  /** Repository name without its owner; the folder's name when there is no remote. */
  readonly name: string;
  /** Full commit id, 40 or 64 hex digits. */
  readonly commitSha: string;
  readonly commitTime: Date;
  /** Full ref, for example `refs/heads/main`; absent on a detached head. */
  readonly ref?: string;
  readonly pullRequest?: number;
  /** Whether the checkout holds changes that the commit does not. */
  readonly dirty: boolean;
  /** Absolute path of the checkout. */
  readonly root: string;
  /** Where people find the source, without credentials; absent when there is no remote. */
  readonly url?: string;
}

/** A CI system, or a laptop: something that knows what is being built. */
export interface SourceReader {
  read(signal?: AbortSignal): Promise<SourceState>;
}
