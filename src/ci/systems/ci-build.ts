import type { BuildEvent } from '../source-state.ts';

/** From the one that is believed first, when the variables of several are set. */
export const ciSystems = ['github', 'azure', 'jenkins'] as const;

export type CiSystem = (typeof ciSystems)[number];

export type CiEvent = Exclude<BuildEvent, 'local'>;

/** The build that the CI around this process is running for. Well formed, and nothing of it was checked. */
export interface CiBuild {
  readonly ci: CiSystem;
  /** Of the git server, `host` or `host:port`. */
  readonly host: string;
  readonly owner: string;
  readonly name: string;
  readonly event: CiEvent;
  /** Full ref of the event, for a pull request one of the base; only Azure DevOps may leave it out. */
  readonly ref?: string;
  /** Commit that the event is about, which the CI's token has in its claim `sha`: for a pull request one of the base. */
  readonly eventSha: string;
  readonly commitSha: string;
  readonly pullRequest?: number;
  readonly runId: string;
  readonly runUrl?: string;
  /** What is worth knowing about how the build was read, a sentence each. */
  readonly notes: readonly string[];
}

/** What each CI says in a way of its own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a whole file; `node:fs/promises` has one. */
export type ReadFile = (path: string) => Promise<Uint8Array>;
