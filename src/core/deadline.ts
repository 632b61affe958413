/** Milliseconds; a timer for more ends at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * Runs `work` with a signal that is aborted by `signal` or after `seconds`, whichever comes first; when it was the
 * time, the error is the one that `late` makes.
 */
export async function withDeadline<T>(
  { signal, seconds, late }: { signal: AbortSignal; seconds: number; late: () => Error },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort('deadline'), Math.min(seconds * 1000, longestTimer));
  try {
    return await work(AbortSignal.any([signal, deadline.signal]));
  } catch (error) {
    throw deadline.signal.aborted && !signal.aborted ? late() : error;
  } finally {
    clearTimeout(timer);
  }
}
