/**
 * Runs two works side by side with a signal that both share. When one fails, the other is stopped; both are over when
 * this throws what went wrong first.
 */
export async function together<A, B>(
  signal: AbortSignal,
  first: (signal: AbortSignal) => Promise<A>,
  second: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  return (await allTogether<A | B>(signal, [first, second])) as [A, B];
}

/** The same for any number of works. */
export async function allTogether<T>(
  signal: AbortSignal,
  works: readonly ((signal: AbortSignal) => Promise<T>)[],
): Promise<T[]> {
  const stop = new AbortController();
  const shared = AbortSignal.any([signal, stop.signal]);
  let failure: { readonly error: unknown } | undefined;
  const watch = async (work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> => {
    try {
      return await work(shared);
    } catch (error) {
      failure ??= { error };
      stop.abort(signal.reason ?? 'failed');
      return undefined;
    }
  };
  const results = await Promise.all(works.map(watch));
  if (failure !== undefined) throw failure.error;
  return results as T[];
}
