/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
  /** Lower case, for example `bearer`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const token68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const quoted = /"((?:[^"\\]|\\.)*)"/sy;
const spaces = /[ \t]*/y;
const separators = /[ \t,]*/y;
const equals = /[ \t]*=[ \t]*/y;

/**
 * Reads `WWW-Authenticate` (RFC 9110 §11.6.1): several challenges in one header or in several joined with commas,
 * commas within quotes, token68. What follows a syntax error is dropped.
 */
export function parseChallenges(untrustedHeader: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  const take = taker(untrustedHeader);
  for (;;) {
    take(separators);
    const name = take(token)?.[0].toLowerCase();
    if (name === undefined) return challenges;
    const current = challenges.at(-1);
    if (current !== undefined && take(equals) !== undefined) {
      const value = take(quoted)?.[1]?.replaceAll(/\\(.)/gs, '$1') ?? take(token)?.[0];
      if (value === undefined) return challenges;
      if (!current.parameters.has(name)) current.parameters.set(name, value);
    } else {
      challenges.push({ scheme: name, parameters: new Map() });
      take(spaces);
      take(token68);
    }
  }
}

/** Matches sticky patterns one after another from the start of `text`. */
function taker(text: string): (pattern: RegExp) => RegExpExecArray | undefined {
  let position = 0;
  return (pattern) => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match !== null) position = pattern.lastIndex;
    return match ?? undefined;
  };
}
