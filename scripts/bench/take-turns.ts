import { type Command, runTimed } from './run-timed.ts';

/** One run of a contestant: what is timed, and what goes before and after it. */
export interface Turn {
  /** Timed together, one after the other. */
  readonly commands: readonly Command[];
  /** Bytes that went over the link so far. */
  readonly sent?: () => number;
  readonly end?: () => Promise<void>;
}

export interface Contestant {
  readonly name: string;
  /** Prepares a run, so that nobody gains from the run before. Not timed. */
  readonly begin: (round: number) => Promise<Turn>;
}

/** One value a round. */
export interface Samples {
  readonly name: string;
  readonly seconds: readonly number[];
  /** Until the report was there: what goes on behind it, nobody waits for. */
  readonly reportedSeconds: readonly number[];
  readonly peakMegabytes: readonly number[];
  readonly sentMegabytes: readonly number[];
  readonly partSeconds: readonly number[];
}

export interface Rounds {
  readonly rounds: number;
  /** Rounds before them that do not count. */
  readonly warmUps: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Lets the contestants take turns, round after round, so that noise of the machine meets all of them. */
export async function takeTurns(
  contestants: readonly Contestant[],
  { rounds, warmUps, signal, say }: Rounds,
): Promise<readonly Samples[]> {
  const results = contestants.map(({ name }) => ({
    name,
    seconds: [] as number[],
    reportedSeconds: [] as number[],
    peakMegabytes: [] as number[],
    sentMegabytes: [] as number[],
    partSeconds: [] as number[],
  }));
  for (let round = -warmUps; round < rounds; round++) {
    for (const [at, contestant] of contestants.entries()) {
      const taken = await takeTurn(contestant, round, signal);
      say(
        `  ${round} ${contestant.name}: ${taken.reportedSeconds.toFixed(2)} s, ends after ${taken.seconds.toFixed(2)} s`,
      );
      if (round < 0) continue;
      results[at]?.seconds.push(taken.seconds);
      results[at]?.reportedSeconds.push(taken.reportedSeconds);
      results[at]?.peakMegabytes.push(taken.peakMegabytes);
      results[at]?.sentMegabytes.push(taken.sentMegabytes);
      results[at]?.partSeconds.push(taken.partSeconds);
    }
  }
  return results;
}

async function takeTurn(contestant: Contestant, round: number, signal: AbortSignal) {
  const turn = await contestant.begin(round);
  try {
    const before = turn.sent?.() ?? 0;
    let [seconds, reportedSeconds, peakMegabytes, partSeconds] = [0, 0, 0, 0];
    for (const command of turn.commands) {
      const timed = await runTimed(command, signal);
      reportedSeconds = seconds + timed.reportedSeconds;
      seconds += timed.seconds;
      peakMegabytes = Math.max(peakMegabytes, timed.peakMegabytes);
      partSeconds += timed.partSeconds;
    }
    return {
      seconds,
      reportedSeconds,
      peakMegabytes,
      partSeconds,
      sentMegabytes: ((turn.sent?.() ?? 0) - before) / 1_000_000,
    };
  } finally {
    await turn.end?.();
  }
}
