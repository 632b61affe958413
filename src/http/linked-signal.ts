/** One signal that aborts with any of several, and lets go of them when the work is over. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** The source that was aborted first. */
  readonly origin: () => AbortSignal | undefined;
  readonly release: () => void;
}

/**
 * Joins signals. Unlike `AbortSignal.any` it holds nothing after `release`, so a signal that lives as long as the
 * process does not collect every request; and its reason is always an `Error`, which streams need.
 */
export function linkSignals(...sources: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  let first: AbortSignal | undefined;
  const releases = sources.map((source) => {
    const listener = () => {
      first ??= source;
      controller.abort(new Error('aborted'));
    };
    if (source?.aborted) listener();
    else source?.addEventListener('abort', listener, { once: true });
    return () => source?.removeEventListener('abort', listener);
  });
  const release = () => {
    for (const stop of releases) stop();
  };
  return { signal: controller.signal, origin: () => first, release };
}
