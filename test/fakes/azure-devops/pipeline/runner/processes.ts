import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { LineReader } from './line-reader.ts';

export interface ProcessOrder {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  readonly onStart: (group: number) => void;
  /** SIGINT; SIGTERM and SIGKILL follow if it does not end. */
  readonly interrupted: AbortSignal;
  /** SIGKILL at once. */
  readonly killed: AbortSignal;
  readonly times: { readonly interrupt: number; readonly terminate: number };
}

/** How long a pipe may stay open that a process has left to others, in milliseconds. */
const pipePatience = 1_000;

/** Runs a process in a group of its own until it ends, or is ended. Resolves with its exit code, 128 + n for a signal. */
export async function runProcess(order: ProcessOrder): Promise<number> {
  const { command, args, cwd, env, interrupted, killed } = order;
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const closed = once(child, 'close');
  if (child.pid !== undefined) order.onStart(child.pid);
  const readers = (['stdout', 'stderr'] as const).map((stream) => {
    const reader = new LineReader((line) => order.onLine(line, stream));
    child[stream].on('data', (chunk: Buffer) => reader.write(chunk));
    return reader;
  });
  const ending = new Ending(child.pid, order.times);
  interrupted.addEventListener('abort', ending.interrupt);
  killed.addEventListener('abort', ending.kill);
  if (interrupted.aborted) ending.interrupt();
  if (killed.aborted) ending.kill();
  try {
    const [code, signal] = await exited;
    await settled(closed, pipePatience);
    for (const reader of readers) reader.end();
    return code ?? signalCodes[String(signal)] ?? 255;
  } finally {
    ending.stop();
    interrupted.removeEventListener('abort', ending.interrupt);
    killed.removeEventListener('abort', ending.kill);
  }
}

const signalCodes: Readonly<Record<string, number>> = { SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };

async function settled(promise: Promise<unknown>, patience: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patienceOver = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patience);
  });
  await Promise.race([promise, patienceOver]);
  clearTimeout(timer);
}

/** Signals of more and more weight to a group of processes. */
class Ending {
  readonly #group: number | undefined;
  readonly #times: ProcessOrder['times'];
  #timer: NodeJS.Timeout | undefined;

  constructor(group: number | undefined, times: ProcessOrder['times']) {
    this.#group = group;
    this.#times = times;
  }

  readonly interrupt = (): void => {
    signalGroup(this.#group, 'SIGINT');
    this.#timer = setTimeout(() => {
      signalGroup(this.#group, 'SIGTERM');
      this.#timer = setTimeout(this.kill, this.#times.terminate);
    }, this.#times.interrupt);
  };

  readonly kill = (): void => {
    this.stop();
    signalGroup(this.#group, 'SIGKILL');
  };

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** To all that is left of a group, if there is anything. */
export function signalGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
