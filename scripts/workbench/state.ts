import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Places } from './places.ts';
import type { ProcessId } from './processes.ts';

/** `brought` is ours to stop; `machine` was there before us and stays as it is. */
export type EngineState =
  | { readonly kind: 'brought'; readonly process: ProcessId }
  | {
      readonly kind: 'machine';
      readonly env: Readonly<Record<string, string>>;
      readonly emulation: boolean;
      /** False when the engine runs in a virtual machine, whose loopback is not ours. */
      readonly local: boolean;
    };

export type RegistryState =
  | { readonly kind: 'process'; readonly process: ProcessId; readonly port: number }
  | { readonly kind: 'container'; readonly container: string; readonly port: number };

/** One call of startWorkbench that has not been stopped. */
export interface User extends ProcessId {
  readonly id: string;
}

export interface State {
  readonly engine?: EngineState;
  readonly registry?: RegistryState;
  /** The registry's last port, tried first, so that references keep their meaning over a restart. */
  readonly port?: number;
  /** True after `up`: stays until `down`, whoever comes and goes. */
  readonly keep: boolean;
  readonly users: readonly User[];
}

const nothing: State = { keep: false, users: [] };

/** What is written down of an instance; a file that cannot be read counts as none, the sweep finds the rest. */
export async function readState(places: Places): Promise<State> {
  try {
    return { ...nothing, ...(JSON.parse(await readFile(places.state, 'utf8')) as Partial<State>) };
  } catch {
    return nothing;
  }
}

export async function writeState(places: Places, state: State): Promise<void> {
  await mkdir(dirname(places.state), { recursive: true });
  await writeFile(`${places.state}.new`, `${JSON.stringify(state, null, 2)}\n`);
  await rename(`${places.state}.new`, places.state);
}
