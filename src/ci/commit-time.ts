import { ImageBuilderError } from '../core/index.ts';

/** The end of the year 9999, the last that RFC 3339 can write. */
const latest = 253_402_300_799;

/** The time that a commit says of itself, in seconds as git prints them. Whoever commits can write anything there. */
export function commitTime(untrustedSeconds: string, commitSha: string): Date {
  const seconds = /^[0-9]{1,12}$/.test(untrustedSeconds) ? Number(untrustedSeconds) : Number.NaN;
  if (seconds <= latest) return new Date(seconds * 1000);
  const message = `commit "${commitSha}" says that it is from no time between 1970 and 9999`;
  const hint = 'set the clock right and commit again';
  throw new ImageBuilderError('source.invalid', message, { path: 'git' }, { hint });
}
