import { quoted, tagFailure } from './tag-failure.ts';

const namePattern = /^[a-zA-Z0-9_-]+$/;

/** Fails unless `name` can be the name of a tag, and so the end of a build arg's; `value` is for the message. */
export function requireTagName(name: string, value: string): void {
  if (namePattern.test(name)) return;
  const problem = name === '' ? 'has no name' : `has the name ${quoted(name)}`;
  const hint = 'write name=value, with a name of letters, digits, "_" and "-"';
  throw tagFailure(value, `tag ${quoted(value)} ${problem}`, { hint });
}
