/** Milliseconds that a `Retry-After` header asks to wait (RFC 9110 §10.2.3: seconds or an HTTP date). */
export function retryAfterMs(header: string, now: Date): number | undefined {
  const text = header.trim();
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Z][a-z]{2}/.test(text)) return undefined;
  const until = Date.parse(text);
  return Number.isNaN(until) ? undefined : Math.max(0, until - now.getTime());
}
