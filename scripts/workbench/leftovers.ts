import { existsSync, globSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeBridge } from './bridge.ts';
import type { Places } from './places.ts';
import type { MarkedProcess } from './processes.ts';
import { isAlive, killProcesses, markedProcesses, processesInGroup } from './processes.ts';
import { tryCommand } from './run-command.ts';

/** Clears away everything an engine leaves when it is killed: steps, states, groups, mounts, sockets, bridge. */
export async function removeEngineLeftovers(places: Places): Promise<void> {
  await killProcesses(markedProcesses().filter(({ mark }) => mark === engineMark(places)));
  await killProcesses(processesInGroup(places.label));
  await removeRunStates(places);
  removeGroups(places);
  await unmountBelow(places.home);
  await unmountBelow(places.run);
  await rm(places.run, { recursive: true, force: true });
  await removeBridge(places);
}

/** Ends the registries of dead processes and the main registries no state speaks of. */
export async function removeRegistryLeftovers(places: Places, known: number | undefined): Promise<void> {
  const strays = markedProcesses().filter(({ mark, pid }) => {
    if (mark === registryMark(places)) return pid !== known;
    const owner = ownerOfExtra(places, mark);
    return owner !== undefined && !isAlive(owner);
  });
  await killProcesses(strays);
  const folders = existsSync(places.extraRegistries) ? await readdir(places.extraRegistries) : [];
  for (const name of folders) {
    const [pid, start] = name.split('-');
    if (isAlive({ pid: Number(pid), start: start ?? '' })) continue;
    await rm(join(places.extraRegistries, name), { recursive: true, force: true });
  }
}

export function engineMark(places: Places): string {
  return `${places.home}#engine`;
}

export function registryMark(places: Places): string {
  return `${places.home}#registry`;
}

export function extraRegistryMark(places: Places, owner: { pid: number; start: string }): string {
  return `${places.root}#extra#${owner.pid}#${owner.start}`;
}

/** Engines of any checkout that still run, beside the one of `places`. */
export function otherEngines(places: Places): MarkedProcess[] {
  return markedProcesses().filter(({ mark }) => mark.endsWith('#engine') && mark !== engineMark(places));
}

function ownerOfExtra(places: Places, mark: string) {
  const prefix = `${places.root}#extra#`;
  if (!mark.startsWith(prefix)) return undefined;
  const [pid, start] = mark.slice(prefix.length).split('#');
  return { pid: Number(pid), start: start ?? '' };
}

/** runc keeps the state of a RUN step here whoever calls it; a step is ours when its files are. */
async function removeRunStates(places: Places): Promise<void> {
  const states = '/run/runc';
  for (const name of existsSync(states) ? readdirSync(states) : []) {
    const file = join(states, name, 'state.json');
    const ours = existsSync(file) && readFileSync(file, 'utf8').includes(`"${places.home}/`);
    if (ours) await rm(join(states, name), { recursive: true, force: true });
  }
}

/** Control groups vanish from the innermost out, and only when nothing runs in them. */
function removeGroups(places: Places): void {
  const roots = globSync(`/sys/fs/cgroup/{${places.label},*/${places.label}}`);
  for (const root of roots) {
    const below = readdirSync(root, { recursive: true, withFileTypes: true });
    const folders = below
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const folder of [...folders.sort((a, b) => b.length - a.length), root]) removeGroup(folder);
  }
}

/** A group the kernel still empties stays; an empty control group harms nobody. */
function removeGroup(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {}
}

/** Mounts on our side only: the engine has a mount namespace of its own, which ends with it. */
async function unmountBelow(folder: string): Promise<void> {
  const lines = existsSync('/proc/self/mounts') ? readFileSync('/proc/self/mounts', 'utf8').split('\n') : [];
  const points = lines
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${folder}/`));
  for (const point of points.reverse()) await tryCommand('umount', ['-l', point]);
}
