import type { Run, RunRequest } from '../runs/run.ts';
import type { Switches } from '../switches.ts';

/** What the routes are served from. */
export interface Service {
  readonly origin: string;
  readonly organization: string;
  readonly project: { readonly id: string; readonly name: string };
  readonly pipeline: { readonly id: number; readonly name: string; readonly revision: number };
  readonly runs: ReadonlyMap<number, Run>;
  readonly switches: Switches;
  readonly clock: () => Date;
  /** Expands the file, or another one, without running it. */
  readonly preview: (request: RunRequest, yaml: string | undefined) => string;
  readonly queue: (request: RunRequest) => Run;
}

/** Base of all addresses in answers, which name the project by its id. */
export function projectUrl({ origin, organization, project }: Service): string {
  return `${origin}/${organization}/${project.id}`;
}
