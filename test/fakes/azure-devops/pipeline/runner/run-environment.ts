import type { GroupValue, PoolOptions, Times } from '../../options.ts';
import type { Run } from '../../runs/run.ts';
import type { Switches } from '../../switches.ts';
import type { Pipeline } from '../model/pipeline.ts';
import type { Slots } from './slots.ts';

/** Pools with the slots of their agents. */
export interface Pool extends PoolOptions {
  readonly slots: Slots;
}

/** All that the parts of a run share. */
export interface RunEnvironment {
  readonly run: Run;
  readonly pipeline: Pipeline;
  /** For workspaces and artifacts. */
  readonly directory: string;
  /** Folders of agents, to be removed at the end. */
  readonly folders: Set<string>;
  readonly pools: ReadonlyMap<string, Pool>;
  /** Of all pools. */
  readonly slots: Slots;
  readonly groups: Readonly<Record<string, Readonly<Record<string, GroupValue>>>>;
  readonly times: Times;
  readonly switches: Switches;
  readonly pageBytes: number;
  readonly clock: () => Date;
  /** Variables of the run, which come before those of the file. */
  readonly predefined: ReadonlyMap<string, string>;
  /** Aborts when the emulator ends: everything stops at once. */
  readonly closing: AbortSignal;
}
