import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { LineReader } from './line-reader.ts';

export interface ProcessOrder {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  readonly onStart: (group: number) => void;
  /** Asks it to end, in the way of `cancelSignal`. */
  readonly interrupted: AbortSignal;
  /** SIGKILL at once. */
  readonly killed: AbortSignal;
  /** Leaves it alone: whatever it still does or prints is nobody's business. */
  readonly abandoned: AbortSignal;
  /** All of its group get SIGINT, SIGTERM and SIGKILL; or it alone gets SIGTERM, and is left alone after that. */
  readonly cancelSignal: 'group' | 'shell';
  readonly times: { readonly interrupt: number; readonly terminate: number };
}

export type ProcessEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled' }
  | { readonly kind: 'abandoned' };

/** How long a pipe may stay open that a process has left to others, in milliseconds. */
const pipePatience = 1_000;

/** Runs a process in a group of its own until it ends, is ended, or is left alone. */
export async function runProcess(order: ProcessOrder): Promise<ProcessEnd> {
  const { command, args, cwd, env, interrupted, killed, abandoned } = order;
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const [exited, closed] = [once(child, 'exit'), once(child, 'close')];
  if (child.pid !== undefined) order.onStart(child.pid);
  const stopReading = readLines(child, order.onLine);
  const ending = new Ending(child.pid, order);
  const stopListening = [
    listen(interrupted, ending.interrupt),
    listen(killed, ending.kill),
    listen(abandoned, ending.abandon),
  ];
  try {
    const first = await Promise.race([exited, ending.abandoned]);
    if (first === undefined) return { kind: 'abandoned' };
    await Promise.race([closed, ending.abandoned, ending.patience(pipePatience)]);
    const [code] = first;
    return code === null ? { kind: 'signalled' } : { kind: 'exited', code };
  } finally {
    stopReading();
    ending.stop();
    for (const stop of stopListening) stop();
  }
}

/** Reads on even when nobody listens any more, so that the process never waits for a reader. */
function readLines(child: ChildProcess, onLine: ProcessOrder['onLine']): () => void {
  const ends = (['stdout', 'stderr'] as const).map((stream) => {
    let listening = true;
    const reader = new LineReader((line) => onLine(line, stream));
    child[stream]?.on('data', (chunk: Buffer) => {
      if (listening) reader.write(chunk);
    });
    return () => {
      listening = false;
      reader.end();
    };
  });
  return () => {
    for (const end of ends) end();
  };
}

function listen(signal: AbortSignal, listener: () => void): () => void {
  signal.addEventListener('abort', listener);
  if (signal.aborted) listener();
  return () => signal.removeEventListener('abort', listener);
}

/** The ways to make a process end, or to stop waiting for it. */
class Ending {
  /** Resolves, with nothing, when nobody waits for the process any more. */
  readonly abandoned: Promise<undefined>;
  readonly #pid: number | undefined;
  readonly #order: ProcessOrder;
  readonly #timers: NodeJS.Timeout[] = [];
  #abandon: (value: undefined) => void = () => {};

  constructor(pid: number | undefined, order: ProcessOrder) {
    this.#pid = pid;
    this.#order = order;
    this.abandoned = new Promise((resolve) => {
      this.#abandon = resolve;
    });
  }

  readonly abandon = (): void => this.#abandon(undefined);

  readonly interrupt = (): void => {
    const { cancelSignal, times } = this.#order;
    if (cancelSignal === 'shell') {
      signalProcess(this.#pid, 'SIGTERM');
      this.#after(times.interrupt, this.abandon);
      return;
    }
    signalGroup(this.#pid, 'SIGINT');
    this.#after(times.interrupt, () => {
      signalGroup(this.#pid, 'SIGTERM');
      this.#after(times.terminate, this.kill);
    });
  };

  readonly kill = (): void => signalGroup(this.#pid, 'SIGKILL');

  /** Until a process that has ended lets go of its pipes; one that was asked to end may take its time. */
  patience(milliseconds: number): Promise<void> {
    if (this.#order.cancelSignal === 'shell' && this.#order.interrupted.aborted) return new Promise(() => {});
    return new Promise((resolve) => this.#after(milliseconds, resolve));
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #after(milliseconds: number, then: () => void): void {
    this.#timers.push(setTimeout(then, milliseconds));
  }
}

/** To all that is left of a group, if there is anything. */
export function signalGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group !== undefined) signalProcess(-group, signal);
}

function signalProcess(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
