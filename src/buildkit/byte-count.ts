interface Bytes {
  readonly current: number;
  readonly total: number;
}

/** Sums the counters of one step, such as the layers of an image that is pulled. */
export class ByteCount {
  readonly #counters = new Map<string, Bytes>();
  #current = 0;
  #total = 0;

  /** Takes the newest value of a counter, `total` 0 while unknown; says whether the sum changed. */
  take(id: string, { current, total }: Bytes): boolean {
    const before = this.#counters.get(id) ?? { current: 0, total: 0 };
    if (before.current === current && before.total === total) return false;
    this.#counters.set(id, { current, total });
    this.#current += current - before.current;
    this.#total += total - before.total;
    return true;
  }

  /** Bytes; `total` only while it bounds `current`. */
  get sum(): { readonly current: number; readonly total?: number } {
    return this.#total >= this.#current && this.#total > 0
      ? { current: this.#current, total: this.#total }
      : { current: this.#current };
  }
}
