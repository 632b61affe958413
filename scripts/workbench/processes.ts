import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { waitUntil } from './session.ts';
import { WorkbenchError } from './workbench-error.ts';

/** A process that cannot be mistaken for a later one with the same pid. */
export interface ProcessId {
  readonly pid: number;
  /** Start time in clock ticks since boot; empty where there is no /proc. */
  readonly start: string;
}

/** Says in the environment of every daemon whose it is: `<home>#<role>`. */
const markVariable = 'IMAGE_BUILDER_WORKBENCH';

/** The identity of a running process, or nothing when it is gone or only a zombie is left of it. */
function identify(pid: number): ProcessId | undefined {
  if (process.platform !== 'linux') return signalReaches(pid) ? { pid, start: '' } : undefined;
  const stat = readText(`/proc/${pid}/stat`);
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const start = fields[18];
  return state === undefined || start === undefined || 'ZX'.includes(state) ? undefined : { pid, start };
}

export function isAlive(id: ProcessId): boolean {
  return identify(id.pid)?.start === id.start;
}

export function thisProcess(): ProcessId {
  return identify(process.pid) ?? { pid: process.pid, start: '' };
}

export interface Daemon {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly log: string;
  readonly mark: string;
}

/** Starts a program that outlives this one, in a session of its own, its output in a log begun anew. */
export async function startDaemon(daemon: Daemon): Promise<ProcessId> {
  const log = openSync(daemon.log, 'w');
  const env = { ...daemon.env, [markVariable]: daemon.mark };
  const child = spawn(daemon.file, daemon.args, { env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  await new Promise((settle, fail) => child.once('spawn', settle).once('error', fail));
  child.unref();
  const id = child.pid === undefined ? undefined : identify(child.pid);
  if (!id) throw new WorkbenchError(`${daemon.file} ended at once\n${logTail(daemon.log)}`);
  return id;
}

/** Waits until a daemon answers; its end or the deadline becomes an error with the tail of its log. */
export async function awaitDaemon(
  name: string,
  id: ProcessId,
  log: string,
  answers: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const deadlineMs = 30_000;
  const ready = await waitUntil(async () => !isAlive(id) || (await answers()), deadlineMs, signal);
  if (!isAlive(id)) throw new WorkbenchError(`${name} ended while it started\n${logTail(log)}`);
  if (!ready)
    throw new WorkbenchError(`${name} did not answer within ${deadlineMs / 1000} s\n${logTail(log)}`);
}

/** Asks a process of ours to end, insists after `graceMs`, and returns when it is gone. */
export async function endProcess(id: ProcessId, graceMs = 15_000): Promise<void> {
  if (!isAlive(id)) return;
  process.kill(id.pid, 'SIGTERM');
  if (await waitUntil(() => !isAlive(id), graceMs)) return;
  await killProcesses([id]);
}

export async function killProcesses(ids: readonly ProcessId[]): Promise<void> {
  for (const id of ids) if (isAlive(id)) process.kill(id.pid, 'SIGKILL');
  if (await waitUntil(() => !ids.some(isAlive), 5_000)) return;
  const pids = ids.filter(isAlive).map((id) => id.pid);
  throw new WorkbenchError(`cannot end the processes ${pids.join(', ')}`);
}

export interface MarkedProcess extends ProcessId {
  readonly mark: string;
}

/** Every process on this machine that a workbench started, found by its environment alone. */
export function markedProcesses(): MarkedProcess[] {
  return allPids().flatMap((pid) => {
    const environment = readText(`/proc/${pid}/environ`);
    const entry = environment.split('\0').find((line) => line.startsWith(`${markVariable}=`));
    const id = entry === undefined ? undefined : identify(pid);
    return entry && id ? [{ ...id, mark: entry.slice(markVariable.length + 1) }] : [];
  });
}

/** Every process in a control group of this name or below it: the RUN steps of an engine that was killed. */
export function processesInGroup(label: string): ProcessId[] {
  return allPids().flatMap((pid) => {
    const groups = readText(`/proc/${pid}/cgroup`);
    return groups.includes(`/${label}/`) ? (identify(pid) ?? []) : [];
  });
}

function logTail(file: string, lines = 12): string {
  const tail = readText(file).trimEnd().split('\n').slice(-lines);
  return tail.map((line) => `  ${line.slice(0, 400)}`).join('\n');
}

function allPids(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The text of a file, empty when it cannot be read: a process may end between two looks at it. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function signalReaches(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
