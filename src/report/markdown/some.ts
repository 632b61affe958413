/** What is shown of a long list, and a word on the rest. */
export function some<T>(
  all: readonly T[],
  limit: number,
  noun: string,
): { readonly shown: readonly T[]; readonly rest: readonly string[] } {
  const left = all.length - limit;
  return {
    shown: all.slice(0, limit),
    rest: left > 0 ? ['', `and ${left} more ${noun}, see the report`] : [],
  };
}
