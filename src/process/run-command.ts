import { spawn } from 'node:child_process';

/** What a command gets between the request to stop and being killed. */
const graceMilliseconds = 10_000;

export interface CommandOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Interrupts the command and all that it started. */
  readonly signal?: AbortSignal | undefined;
  readonly onStdout?: (chunk: Uint8Array) => void;
  readonly onStderr?: (chunk: Uint8Array) => void;
}

/**
 * Runs a program to its end and resolves to its exit code, undefined when a signal ended it. Rejects only when it
 * cannot be started. It gets a process group of its own, so that nothing of it outlives the request to stop, and no
 * key press on the terminal reaches it but through `signal`.
 */
export function runCommand(
  [program, ...args]: readonly [string, ...string[]],
  { env, signal, onStdout, onStderr }: CommandOptions,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let timer: NodeJS.Timeout | undefined;
    const kill = () => signalGroup(child.pid, 'SIGKILL');
    const interrupt = () => {
      signalGroup(child.pid, 'SIGINT');
      timer = setTimeout(kill, graceMilliseconds);
    };
    const release = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupt);
      process.off('exit', kill);
    };
    child.stdout.on('data', (chunk: Uint8Array) => onStdout?.(chunk));
    child.stderr.on('data', (chunk: Uint8Array) => onStderr?.(chunk));
    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('close', (exitCode) => {
      release();
      resolve(exitCode ?? undefined);
    });
    process.on('exit', kill);
    if (signal?.aborted) interrupt();
    else signal?.addEventListener('abort', interrupt, { once: true });
  });
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
