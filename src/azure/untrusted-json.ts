/** The members of a JSON object; none of anything else. */
export function members(untrusted: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof untrusted === 'object' && untrusted !== null && !Array.isArray(untrusted);
  return isObject ? (untrusted as Record<string, unknown>) : {};
}

/** The entries of a JSON list; none of anything else. */
export function entries(untrusted: unknown): readonly unknown[] {
  return Array.isArray(untrusted) ? untrusted : [];
}

export function textOf(untrusted: unknown): string | undefined {
  return typeof untrusted === 'string' && untrusted !== '' ? untrusted : undefined;
}

/** A whole number that is not negative, also when it is written as text, as in the data of an issue. */
export function countOf(untrusted: unknown): number | undefined {
  const isText = typeof untrusted === 'string' && /^[0-9]{1,15}$/.test(untrusted);
  const value = isText ? Number(untrusted) : untrusted;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** What starts and is found by its number: runs, logs. */
export function idOf(untrusted: unknown): number | undefined {
  const id = countOf(untrusted);
  return id === 0 ? undefined : id;
}

/** A time; the service writes the year 1 for "never". */
export function timeOf(untrusted: unknown): Date | undefined {
  const time = new Date(typeof untrusted === 'string' ? untrusted : Number.NaN);
  return time.getUTCFullYear() > 1970 ? time : undefined;
}

/** One of the known words, in any case; `unknown` for another one, undefined when there is none. */
export function wordOf<Word extends string>(
  known: readonly Word[],
  untrusted: unknown,
): Word | 'unknown' | undefined {
  if (untrusted === undefined || untrusted === null) return undefined;
  const lower = typeof untrusted === 'string' ? untrusted.toLowerCase() : undefined;
  return known.find((word) => word.toLowerCase() === lower) ?? 'unknown';
}
