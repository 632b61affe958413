import { asMembers } from '../envelope/strict-json.ts';
import { malformed } from '../envelope/untrusted-envelope.ts';

/**
 * The members of a JSON object that has none but these, as cosign reads it. Throws SignatureRejected with
 * `envelope.malformed`.
 */
export function readMembers(
  untrusted: unknown,
  names: readonly string[],
  what: string,
): ReadonlyMap<string, unknown> {
  const members = asMembers(untrusted, what);
  if ([...members.keys()].every((name) => names.includes(name))) return members;
  throw malformed(`${what} has other members than ${names.join(', ')}`);
}
