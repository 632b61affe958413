import { createHash } from 'node:crypto';

declare const brand: unique symbol;

/** `algorithm:hex` as the OCI image specification v1.1 writes it; sha256 and sha512 are the registered ones. */
export type Digest = string & { readonly [brand]: 'Digest' };

const pattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** Whether `text` is a digest of a registered algorithm. */
export function isDigest(text: string): text is Digest {
  return pattern.test(text);
}

/** The digest that `text` spells; undefined when it is none. */
export function parseDigest(text: string): Digest | undefined {
  return isDigest(text) ? text : undefined;
}

/** The sha256 digest of these bytes. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}` as Digest;
}

/** Whether `bytes` are what `digest` says, by its own algorithm. */
export function matchesDigest(bytes: Uint8Array, digest: Digest): boolean {
  const [algorithm, hex] = digest.split(':') as [string, string];
  return createHash(algorithm).update(bytes).digest('hex') === hex;
}

/** The hex part, without the algorithm. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}
