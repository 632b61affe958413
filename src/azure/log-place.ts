/** Lines by which a reading overlaps with the one before. The agent's timestamps make them unlike any others. */
const overlap = 16;

/** Takes the lines of one reading as they arrive and gives back those that are new; undefined when it is another log. */
export type LogReading = (lines: readonly string[], end?: 'end') => readonly string[] | undefined;

/**
 * How far a log was read, to go on after a break. Nobody says whether `startLine` counts from 0 or from 1, so a
 * reading starts a few lines early and finds its place by what these say.
 */
export class LogPlace {
  #count = 0;
  #first: string | undefined;
  #last: readonly string[] = [];

  /** Where to read on, counted from 1; undefined is the beginning. */
  get startLine(): number | undefined {
    return this.#count > overlap ? this.#count - overlap + 1 : undefined;
  }

  /** Begins a reading from `startLine` on. */
  reading(): LogReading {
    let toSkip = this.startLine === undefined ? this.#count : undefined;
    let held: readonly string[] = [];
    return (lines, end) => {
      held = held.concat(lines);
      if (toSkip === undefined && held.length < overlap && end === undefined) return [];
      toSkip ??= this.#known(held);
      if (toSkip === undefined) return undefined;
      const fresh = held.slice(toSkip);
      toSkip = Math.max(0, toSkip - held.length);
      held = [];
      this.#note(fresh);
      return fresh;
    };
  }

  /** How many of these lines were read before: almost all that we remember, or everything from the beginning. */
  #known(lines: readonly string[]): number | undefined {
    for (const remembered of [this.#last, this.#last.slice(1)])
      if (remembered.every((line, at) => lines[at] === line)) return remembered.length;
    return lines[0] === this.#first ? this.#count : undefined;
  }

  #note(fresh: readonly string[]): void {
    this.#first ??= fresh[0];
    this.#count += fresh.length;
    this.#last = [...this.#last, ...fresh.slice(-overlap)].slice(-overlap);
  }
}
