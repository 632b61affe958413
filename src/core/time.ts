/** A reading of the clock. Passed in wherever time matters, so that one build has one date. */
export type Clock = () => Date;

/** UTC date as Go's layout `20060102` prints it. */
export function compactDate(time: Date): string {
  return time.toISOString().slice(0, 10).replaceAll('-', '');
}

/** RFC 3339 in UTC with whole seconds, as OCI annotations have it. */
export function rfc3339(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** Seconds for people: `0.4 s`, `12 s`, `3 min 05 s`. */
export function humanSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, '0')} min`;
  return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** Bytes for people, in powers of 1000 as registries count: `512 B`, `1.4 MB`. */
export function humanBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.5 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
