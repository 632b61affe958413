import { createHash } from 'node:crypto';
import type { HashName } from '../keys/key-spec.ts';

/** RFC 5754, 2. */
const hashes: ReadonlyMap<string, HashName> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/** Signature algorithms of RFC 5754, 3; the bare RSA one takes its hash from the digest algorithm. */
const signatures: ReadonlyMap<string, { readonly key: 'rsa' | 'ec'; readonly hash?: HashName }> = new Map([
  ['1.2.840.113549.1.1.1', { key: 'rsa' }],
  ['1.2.840.113549.1.1.11', { key: 'rsa', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { key: 'rsa', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { key: 'rsa', hash: 'sha512' }],
  ['1.2.840.10045.4.3.2', { key: 'ec', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { key: 'ec', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { key: 'ec', hash: 'sha512' }],
]);

/** Undefined for a hash that is too weak or unknown. */
export function hashOfIdentifier(identifier: string): HashName | undefined {
  return hashes.get(identifier);
}

/** The object identifier of a hash. */
export function identifierOfHash(hash: HashName): string {
  return [...hashes].find(([, name]) => name === hash)?.[0] ?? '';
}

/** Whether a signature algorithm is known, is made for this kind of key and hashes as the digest algorithm says. */
export function isSignatureAlgorithm(
  identifier: string,
  uses: { readonly key: string | undefined; readonly hash: HashName },
): boolean {
  const algorithm = signatures.get(identifier);
  return algorithm?.key === uses.key && (algorithm?.hash ?? uses.hash) === uses.hash;
}

/** Whether `digest` is the hash of these bytes. */
export function isDigestOf(digest: ArrayBuffer, hash: HashName, bytes: Uint8Array): boolean {
  return createHash(hash).update(bytes).digest().equals(Buffer.from(digest));
}
