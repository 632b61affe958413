import { type Figures, figuresOf, ratioOf } from './figures.ts';
import type { Samples } from './take-turns.ts';

export interface Goal {
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Seconds on top of the ratio that count as reached. */
  readonly plusSeconds?: number;
}

interface Measured {
  readonly name: string;
  readonly figures: Figures;
}

/** One line of a table: a ratio of two that took turns, or a figure by itself. */
export interface Row {
  readonly what: string;
  readonly unit: 's' | 'ms' | 'MB';
  readonly above: Measured;
  readonly below?: Measured;
  /** The ratio, or the figure by itself. */
  readonly result: Figures;
  readonly goal?: Goal;
}

interface Choice {
  readonly what: string;
  readonly above: Samples | undefined;
  readonly below: Samples | undefined;
  readonly goal?: Goal;
}

/** How much longer one took than the other, to the end of the process. */
export function secondsRow(choice: Choice): Row {
  return ratioRow(choice, ({ seconds }) => seconds, 's');
}

/** How much longer one took than the other, to the report. */
export function reportedRow(choice: Choice): Row {
  return ratioRow(choice, ({ reportedSeconds }) => reportedSeconds, 's');
}

/** How much longer a part of one took than that of the other. */
export function partRow(choice: Choice): Row {
  return ratioRow(choice, ({ partSeconds }) => partSeconds, 's');
}

/** How much more one sent over the link than the other. */
export function bytesRow(choice: Choice): Row {
  return ratioRow(choice, ({ sentMegabytes }) => sentMegabytes, 'MB');
}

export function startUpRow(choice: Choice): Row {
  return ratioRow(choice, ({ seconds }) => seconds.map((value) => value * 1000), 'ms');
}

export function memoryRow({ what, above, goal }: Omit<Choice, 'below'>): Row {
  const figures = figuresOf(above?.peakMegabytes ?? []);
  const measured = { name: above?.name ?? '', figures };
  return { what, unit: 'MB', above: measured, result: figures, ...(goal && { goal }) };
}

function ratioRow(
  { what, above, below, goal }: Choice,
  pick: (samples: Samples) => readonly number[],
  unit: Row['unit'],
): Row {
  if (above === undefined || below === undefined) throw new Error(`nothing was measured for "${what}"`);
  const named = (samples: Samples) => ({ name: samples.name, figures: figuresOf(pick(samples)) });
  return {
    what,
    unit,
    above: named(above),
    below: named(below),
    result: ratioOf(pick(above), pick(below)),
    ...(goal && { goal }),
  };
}

export function isReached({ above, below, result, goal }: Row): boolean | undefined {
  if (goal === undefined) return undefined;
  const { atMost = Number.POSITIVE_INFINITY, atLeast = 0, plusSeconds } = goal;
  if (plusSeconds === undefined || below === undefined)
    return result.median <= atMost && result.median >= atLeast;
  return above.figures.median <= atMost * below.figures.median + plusSeconds;
}
