import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';

export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Is written when the work is done for whoever waits for it; removed before. */
  readonly reportPath?: string;
  /** Seconds of a part of it, from what it wrote to stderr. */
  readonly partOf?: (stderr: string) => number;
}

export interface Timed {
  readonly seconds: number;
  /** Until the report was there; the same where there is none. */
  readonly reportedSeconds: number;
  /** Largest resident memory of the process itself, without its children; 0 where there is no /proc. */
  readonly peakMegabytes: number;
  /** 0 where no part is looked at. */
  readonly partSeconds: number;
}

const runMinutes = 15;
const lookEveryMilliseconds = 20;

/** Runs a command as a whole process; throws when it fails or `signal` ends it. */
export async function runTimed(
  { argv, cwd, env, reportPath, partOf }: Command,
  signal: AbortSignal,
): Promise<Timed> {
  const [file = '', ...args] = argv;
  if (reportPath !== undefined) rmSync(reportPath, { force: true });
  const started = performance.now();
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: runMinutes * 60_000,
    signal,
  });
  const written = text(child.stderr);
  let peakMegabytes = 0;
  let reportedSeconds: number | undefined;
  const look = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, peakOf(child.pid));
    if (reportPath !== undefined && reportedSeconds === undefined && existsSync(reportPath))
      reportedSeconds = (performance.now() - started) / 1000;
  }, lookEveryMilliseconds);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  }).finally(() => clearInterval(look));
  const seconds = (performance.now() - started) / 1000;
  const stderr = await written;
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}:\n${stderr}`);
  const partSeconds = partOf?.(stderr) ?? 0;
  return { seconds, reportedSeconds: reportedSeconds ?? seconds, peakMegabytes, partSeconds };
}

/** The kernel remembers the peak, so that a look now and then misses only what comes after the last one. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1000;
  } catch {
    return 0; // It has just ended, or this machine has no /proc.
  }
}
