import { readStrictJson, type Secret } from '../core/index.ts';
import { rejected } from './rejection.ts';

/** Claims or headers by their names. */
export type Members = ReadonlyMap<string, unknown>;

/** A token of which nothing is believed yet: it only says which issuer and key to ask about it. */
export interface UnverifiedToken {
  /** In the compact form (RFC 7515, 7.1). */
  readonly jws: Secret;
  readonly untrustedAlgorithm: string;
  readonly untrustedKeyId: string;
  readonly untrustedIssuer: string;
}

/** Characters. GitHub's tokens have about 2,000. */
const maxLength = 16_384;
const maxKeyIdLength = 256;

/** Headers that bring their own key, or change what the signature covers (RFC 7515, 4.1; RFC 7797; RFC 7516, 4.1.3). */
const forbiddenHeaders = ['crit', 'jku', 'jwk', 'x5c', 'x5u', 'b64', 'zip'];

/** Takes a token apart. Throws `identity.rejected`. */
export function parseToken(untrustedToken: Secret): UnverifiedToken {
  const text = untrustedToken.reveal();
  if (text === '') throw rejected('token', 'absent');
  if (text.length > maxLength) throw rejected('token', 'too-large');
  const [, header, payload, signature] = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/.exec(text) ?? [];
  if (header === undefined || payload === undefined || signature === undefined)
    throw rejected('token', 'malformed', 'expected a JSON Web Token: three parts with a dot in between');
  const headers = readMembers(decode(header, 'header'), 'header');
  for (const name of forbiddenHeaders) if (headers.has(name)) throw rejected(name, 'forbidden');
  checkType(headers.get('typ'));
  const untrustedKeyId = textOf(headers, 'kid');
  if (untrustedKeyId.length > maxKeyIdLength) throw rejected('kid', 'too-large');
  const claims = readMembers(decode(payload, 'payload'), 'payload');
  decode(signature, 'signature');
  return {
    jws: untrustedToken,
    untrustedAlgorithm: textOf(headers, 'alg'),
    untrustedKeyId,
    untrustedIssuer: textOf(claims, 'iss'),
  };
}

/** The members of a JSON object. What the parser has to say is not passed on, since it quotes the text. */
export function readMembers(bytes: Uint8Array, part: string): Members {
  const read = readStrictJson(bytes);
  if (read.kind === 'repeated-name') throw rejected(part, 'repeated');
  const value = read.kind === 'value' ? read.value : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw rejected(part, 'malformed');
  return new Map(Object.entries(value));
}

/** A text that is not empty. Throws `identity.rejected`. */
export function textOf(members: Members, name: string): string {
  const value = members.get(name);
  if (value === undefined || value === null || value === '') throw rejected(name, 'absent');
  if (typeof value !== 'string') throw rejected(name, 'malformed');
  return value;
}

/** Base64url as RFC 7515, 2 has it, in the one way that its bytes are written. */
function decode(segment: string, part: string): Uint8Array {
  const bytes = Buffer.from(segment, 'base64url');
  if (bytes.toString('base64url') !== segment) throw rejected(part, 'malformed');
  return bytes;
}

/** Tokens of other kinds say so, and are signed with the same keys (RFC 8725, 3.11). */
function checkType(type: unknown): void {
  const isJwt = typeof type === 'string' && type.toUpperCase() === 'JWT';
  if (type !== undefined && !isJwt) throw rejected('typ', 'not-allowed', 'expected "JWT"');
}
