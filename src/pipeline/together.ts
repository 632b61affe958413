/**
 * Runs two works side by side with a signal that both share. When one fails, the other is stopped; both are over when
 * this throws what went wrong first.
 */
export async function together<A, B>(
  signal: AbortSignal,
  first: (signal: AbortSignal) => Promise<A>,
  second: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const stop = new AbortController();
  const shared = AbortSignal.any([signal, stop.signal]);
  let failure: { readonly error: unknown } | undefined;
  const watch = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> => {
    try {
      return await work(shared);
    } catch (error) {
      failure ??= { error };
      stop.abort(signal.reason ?? 'failed');
      return undefined;
    }
  };
  const results = await Promise.all([watch(first), watch(second)]);
  if (failure !== undefined) throw failure.error;
  return results as [A, B];
}
