/** One log of a run, which only grows. */
export interface StoredLog {
  readonly id: number;
  readonly createdOn: Date;
  readonly lastChangedOn: Date;
  readonly lineCount: number;
  /** Counted from 1, both included. */
  readonly lines: (first: number, last: number) => Iterable<string>;
}

/** The logs of a run; ids count from 1. */
export class LogStore {
  readonly #logs: StoredLog[] = [];

  get all(): readonly StoredLog[] {
    return this.#logs;
  }

  find(id: number): StoredLog | undefined {
    return this.#logs[id - 1];
  }

  /** Keeps lines that are there already. */
  add(lines: readonly string[], now: Date): StoredLog {
    const kept = [...lines];
    return this.addMade(kept.length, (first, last) => kept.slice(first - 1, last), now);
  }

  /** Keeps lines that are made when somebody asks for them. */
  addMade(lineCount: number, lines: StoredLog['lines'], now: Date): StoredLog {
    const id = this.#logs.length + 1;
    const log: StoredLog = { id, createdOn: now, lastChangedOn: now, lineCount, lines };
    this.#logs.push(log);
    return log;
  }
}
