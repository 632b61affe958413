import { readFile } from 'node:fs/promises';
import { ImageBuilderError, reasonOf, Secret } from '../core/index.ts';

/** Where the configuration says that a token is. */
export interface TokenSource {
  readonly tokenVariable?: string | undefined;
  readonly tokenFile?: string | undefined;
}

export interface TokenPlaces {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Turns a path of the configuration into an absolute one. */
  readonly resolvePath: (path: string) => string;
}

/** What neither a header nor a `netrc` file takes for more than one word, or for quotation or a comment. */
const oneWord = /^[!$-[\]-~]+$/;

/** Reads a token; undefined when none is configured. Throws `config.invalid`, which says nothing of the content. */
export async function readToken(source: TokenSource, places: TokenPlaces): Promise<Secret | undefined> {
  const { tokenVariable: variable, tokenFile: file } = source;
  if (variable !== undefined) {
    const value = places.environment[variable];
    if (value) return tokenFrom(value, `variable ${variable}`);
    throw unusable(`variable ${variable}`, value === undefined ? 'is not set' : 'is empty');
  }
  if (file === undefined) return undefined;
  const path = places.resolvePath(file);
  const content = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unusable(path, `cannot be read: ${reasonOf(cause)}`, cause);
  });
  return tokenFrom(content.replace(/\r?\n$/, ''), path);
}

function tokenFrom(untrustedText: string, place: string): Secret {
  if (oneWord.test(untrustedText)) return new Secret(untrustedText);
  throw unusable(place, 'holds no token: expected one line without white space, quotes, "#" and "\\"');
}

function unusable(place: string, what: string, cause?: unknown): ImageBuilderError<'config.invalid'> {
  const message = `the token in ${place} cannot be used`;
  const problems = [{ source: place, message: what }];
  return new ImageBuilderError('config.invalid', message, { problems }, { cause });
}
