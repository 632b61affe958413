import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Milliseconds; a helper may ask a cloud or a locked key ring, but nobody who can answer takes longer. */
const defaultDeadline = 30_000;
/** Bytes; what a helper prints is a small JSON object. */
const maxOutput = 1024 * 1024;

interface HelperOutcome {
  /** Undefined when the helper was stopped: at the deadline, or because it printed too much. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `command` with the argument `get` and `input` on its stdin. Throws what `spawn` reports, such as ENOENT. */
export type RunHelper = (command: string, input: string) => Promise<HelperOutcome>;

export interface HelperRunnerOptions {
  /** What helpers see; they are looked up on its `PATH`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds. */
  readonly deadline?: number;
}

/** Runs credential helpers as processes. */
export function helperRunner({ environment, deadline = defaultDeadline }: HelperRunnerOptions): RunHelper {
  return async (command, input) => {
    const child = spawn(command, ['get'], { env: { ...environment }, stdio: 'pipe', windowsHide: true });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const outputs = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
    outputs.catch(() => stop(child));
    const timer = setTimeout(() => stop(child), deadline);
    try {
      const [exitCode] = (await once(child, 'close')) as [number | null];
      const texts = await outputs.catch(() => undefined);
      if (exitCode === null || texts === undefined) return { exitCode: undefined, stdout: '', stderr: '' };
      const [stdout, stderr] = texts;
      return { exitCode, stdout, stderr };
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Ends a helper although a child of its own may still hold its pipes open. */
function stop(child: ChildProcess): void {
  child.kill('SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    if (size > maxOutput) throw new Error(`printed more than ${maxOutput} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}
