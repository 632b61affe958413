import { spawn } from 'node:child_process';

export interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface Figures {
  /** Seconds. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

const runMinutes = 10;

/** Seconds that a command took as a whole process; throws when it failed. */
async function time({ name, command, cwd, env }: Contestant): Promise<number> {
  const [file = '', ...args] = command;
  const started = performance.now();
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: runMinutes * 60_000,
  });
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${Buffer.concat(errors)}`);
  return (performance.now() - started) / 1000;
}

export interface Duel {
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
  /** Before each run, so that nobody gains from the run before. */
  readonly prepare?: (contestant: Contestant, round: number) => Promise<void>;
}

/** Runs the contestants in turn, round after round, so that noise of the machine meets all of them. */
export async function duel({ contestants, rounds, prepare }: Duel): Promise<readonly Figures[]> {
  const seconds = contestants.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [at, contestant] of contestants.entries()) {
      await prepare?.(contestant, round);
      const taken = await time(contestant);
      if (round >= 0) seconds[at]?.push(taken);
    }
  }
  return seconds.map(figures);
}

function figures(seconds: readonly number[]): Figures {
  const sorted = seconds.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = sorted.length / 2;
  const median = Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
  return { median, min: at(0), max: at(sorted.length - 1) };
}
