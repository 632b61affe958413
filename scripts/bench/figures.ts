/** What was measured in several rounds, in one unit. */
export interface Figures {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function figuresOf(values: readonly number[]): Figures {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = sorted.length / 2;
  const median = Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
  return { median, min: at(0), max: at(sorted.length - 1) };
}

/** Each round's own ratio, so that a slow moment of the machine is in both of its numbers. */
export function ratioOf(above: readonly number[], below: readonly number[]): Figures {
  return figuresOf(above.map((value, round) => value / (below[round] ?? Number.NaN)));
}
