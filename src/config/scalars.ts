import * as z from 'zod/mini';
import { nearest } from '../core/index.ts';
import {
  isLoopbackRegistry,
  parsePlatform,
  parseReference,
  parseRepository,
  printPlatform,
} from '../oci/index.ts';
import { parseDuration } from './duration.ts';
import { distinct, expecting, oneOrMore, parsed, quoted } from './fields.ts';

/** Go's durations without a sign, for editors too; `parseDuration` decides. */
const durationPattern = /^(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

export const flag = expecting(z.boolean(), { expected: 'true or false', title: 'boolean' });

/** Any text but the empty one. */
export const text = expecting(z.string().check(z.minLength(1)), { expected: 'a text that is not empty' });

const durationText = z.string().check(z.regex(durationPattern));

/** Seconds, above zero. */
export const duration = parsed(durationText, (untrustedText) => parseDuration(untrustedText) || undefined, {
  expected: 'a duration above zero such as "30s" or "1h30m"',
  title: 'duration',
  hint: missingUnit,
});

/** Seconds, zero included, which needs no unit. */
export const pause = parsed(
  z.union([durationText, z.literal(0)]),
  (untrustedValue) => parseDuration(String(untrustedValue)),
  { expected: 'a duration such as "30s" or "1h30m"', title: 'duration', hint: missingUnit },
);

function missingUnit(untrustedValue: unknown): string | undefined {
  const number = String(untrustedValue);
  if (!/^[1-9][0-9.]{0,15}$/.test(number)) return undefined;
  return `add a unit: ${number}s, ${number}m or ${number}h`;
}

/**
 * `host[:port][/path]`, kept as written: the image's own name follows it. The host cannot be left out, since that would
 * silently mean Docker Hub.
 */
export const repository = parsed(z.string(), readRepository, {
  expected: 'a repository with its registry, such as "registry.example.com/team/images"',
  title: 'repository',
  hint: (value) => (/^https?:\/\//.test(String(value)) ? 'leave "https://" out' : undefined),
});

function readRepository(untrustedText: string): string | undefined {
  const [host = ''] = untrustedText.split('/');
  const named = host === 'localhost' || /[.:]/.test(host);
  return named && parseRepository(`${untrustedText}/image`) !== undefined ? untrustedText : undefined;
}

/** Where one image goes: a repository or several, none of them twice. */
export const repositories = oneOrMore(
  repository,
  'a repository with its registry, such as "registry.example.com/team/images", or a list of them',
).check(distinct((name) => name));

/** In the normal form, `linux/arm64` for `linux/aarch64`. */
const platform = parsed(z.string(), readPlatform, {
  expected: 'a platform such as "linux/amd64"',
  title: 'platform',
});

function readPlatform(untrustedText: string): string | undefined {
  const found = parsePlatform(untrustedText);
  return found === undefined ? undefined : printPlatform(found);
}

export const platforms = expecting(
  z.array(platform).check(
    z.minLength(1),
    distinct((name) => name),
  ),
  { expected: 'a list of platforms such as ["linux/amd64", "linux/arm64"]' },
);

/** A registry as it stands in front of a repository's path: `host` or `host:port`. */
export const registryHost = parsed(
  z.string(),
  (host) => (parseRepository(`${host}/x`)?.registry === host ? host : undefined),
  { expected: 'a registry as host or host:port, such as "registry.example.com:5000"', title: 'registry' },
);

/** A full image reference, kept as written. */
export const imageReference = parsed(
  z.string(),
  (image) => (parseReference(image) === undefined ? undefined : image),
  { expected: 'an image reference', title: 'image' },
);

/** An absolute https address; http only on this machine, as for registries. */
export const serviceUrl = parsed(z.string(), readServiceUrl, {
  expected: 'an https address without credentials',
  title: 'address',
});

function readServiceUrl(untrustedText: string): string | undefined {
  const url = plainUrl(untrustedText);
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackRegistry(url.host));
  return safe ? untrustedText : undefined;
}

/** Most authorities speak plain HTTP, since a timestamp is signed itself. */
export const timestampUrl = parsed(
  z.string(),
  (untrustedText) => (/^https?:$/.test(plainUrl(untrustedText)?.protocol ?? '') ? untrustedText : undefined),
  { expected: 'an http or https address without credentials', title: 'address' },
);

/** An address that names nobody and no place in a document. */
export function plainUrl(untrustedText: string): URL | undefined {
  const url = URL.canParse(untrustedText) ? new URL(untrustedText) : undefined;
  return url?.username === '' && url.password === '' && url.hash === '' ? url : undefined;
}

/** The name of an environment variable, as POSIX allows it. */
export const variableName = expecting(z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/)), {
  expected: 'the name of an environment variable',
});

/** A name as buildx takes it for a builder: never an option. */
export const builderName = expecting(z.string().check(z.regex(/^[a-zA-Z][a-zA-Z0-9._-]*$/)), {
  expected: 'a name of letters, digits, ".", "_" and "-" that starts with a letter',
});

/** A whole number within bounds, both included. */
export function wholeNumber(from: number, to: number) {
  return expecting(z.int().check(z.gte(from), z.lte(to)), {
    expected: `a whole number from ${from} to ${to}`,
  });
}

/** One of a few words. */
export function oneOf<const Words extends readonly string[]>(words: Words) {
  return expecting(z.enum(words), { expected: listed(words) });
}

/** The word that names one alternative of several; messages have the words of all. */
export function alternative<const Word extends string>(word: Word, words: readonly string[]) {
  return expecting(z.enum([word]), {
    expected: listed(words),
    hint: (untrustedValue) => {
      const near = nearest(String(untrustedValue), words);
      return near === undefined ? undefined : `did you mean ${quoted(near)}?`;
    },
  });
}

function listed(words: readonly string[]): string {
  return `one of ${words.map(quoted).join(', ')}`;
}
