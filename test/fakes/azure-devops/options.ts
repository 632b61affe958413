import type { EntraOptions } from './entra/entra-options.ts';
import type { RunRequest } from './runs/run.ts';
import type { RunScript } from './runs/run-script.ts';
import { defaultSwitches, type Switches } from './switches.ts';

export interface FakeAzureDevOpsOptions {
  /** A free one when left out. */
  readonly port?: number;
  /** Makes it https. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly organization?: string;
  readonly project?: string;
  readonly pipeline?: PipelineOptions;
  /** Where jobs run, by the names that the file has in `pool`. */
  readonly pools?: Readonly<Record<string, PoolOptions>>;
  /** Variable groups, by name. */
  readonly variableGroups?: VariableGroups;
  /** Personal access tokens that are taken. */
  readonly personalAccessTokens?: readonly string[];
  /** The tenant whose tokens are taken. */
  readonly entra?: EntraOptions;
  /** What runs follow in the place of the pipeline file; `undefined` for the file. */
  readonly script?: (request: RunRequest) => RunScript | undefined;
  readonly switches?: Partial<Switches>;
  readonly times?: Partial<Times>;
  /** Jobs at once in all pools; 10 when left out. */
  readonly parallelJobs?: number;
  /** Of a page of a log; the agent's 8 MiB when left out. */
  readonly pageBytes?: number;
  readonly clock?: () => Date;
}

export interface PipelineOptions {
  /** Its YAML file, read anew for each run; without one only scripted runs are possible. */
  readonly file?: string;
  readonly id?: number;
  readonly name?: string;
  /** Variables that a request may set; all of them when left out. */
  readonly settableVariables?: readonly string[];
}

/** Where jobs of one name run. */
export interface PoolOptions {
  /** All that the processes of its agents have, PATH included. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the folders of its jobs are made; with all else of the emulator when left out. */
  readonly directory?: string;
  /** Jobs at once; as many as want to when left out. */
  readonly agents?: number;
}

export type VariableGroups = Readonly<Record<string, Readonly<Record<string, GroupValue>>>>;

export type GroupValue = string | { readonly value: string; readonly isSecret: boolean };

/** Real milliseconds for what takes long in the real service. */
export interface Times {
  /** Of `timeoutInMinutes` and its like. */
  readonly minute: number;
  /** From SIGINT to SIGTERM when a step is cancelled. */
  readonly interrupt: number;
  /** From SIGTERM to SIGKILL. */
  readonly terminate: number;
  /** From `task.complete` with `done=true` until nobody waits for the process any more. */
  readonly forceComplete: number;
  /** From the request until the first job starts. */
  readonly queue: number;
}

/** The options with all that was left out. */
export type Settings = Readonly<
  Required<Omit<FakeAzureDevOpsOptions, 'tls' | 'switches' | 'times' | 'pipeline' | 'entra'>>
> & {
  readonly tls: FakeAzureDevOpsOptions['tls'];
  readonly pipeline: PipelineOptions & { readonly id: number; readonly name: string };
  readonly entra: EntraOptions & { readonly tenant: string; readonly clientId: string };
  readonly switches: Switches;
  readonly times: Times;
};

const realTimes: Times = {
  minute: 60_000,
  interrupt: 7_500,
  terminate: 2_500,
  forceComplete: 5_000,
  queue: 0,
};

export function settingsOf(options: FakeAzureDevOpsOptions): Settings {
  return {
    port: 0,
    organization: 'contoso',
    project: 'images',
    pools: {},
    variableGroups: {},
    personalAccessTokens: [],
    script: () => undefined,
    parallelJobs: 10,
    pageBytes: 8 * 1024 * 1024,
    clock: () => new Date(),
    ...options,
    tls: options.tls,
    pipeline: { id: 14902, name: 'oci-image-builder', ...options.pipeline },
    entra: { tenant: 'tenant-of-the-emulator', clientId: 'client-of-the-emulator', ...options.entra },
    switches: { ...defaultSwitches, ...options.switches },
    times: { ...realTimes, ...options.times },
  };
}
