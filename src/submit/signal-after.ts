export interface LateSignal extends Disposable {
  readonly signal: AbortSignal;
}

/** A signal that is aborted so many milliseconds from now or, with `from`, after that one was. */
export function signalAfter(milliseconds: number, from?: AbortSignal): LateSignal {
  const late = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    timer = setTimeout(() => late.abort(from?.reason), milliseconds);
  };
  if (from === undefined || from.aborted) wait();
  else from.addEventListener('abort', wait, { once: true });
  return {
    signal: late.signal,
    [Symbol.dispose]() {
      from?.removeEventListener('abort', wait);
      clearTimeout(timer);
    },
  };
}
