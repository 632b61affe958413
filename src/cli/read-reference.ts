import { parseReference, type Reference } from '../oci/index.ts';
import { usageError } from './usage-error.ts';

/** Reads the name of an image that a command line gives. Throws `usage.invalid`. */
export function readReference(untrustedText: string): Reference {
  const reference = parseReference(untrustedText);
  if (reference !== undefined) return reference;
  const hint = 'write it as host[:port]/path:tag or host[:port]/path@sha256:…';
  throw usageError(untrustedText, `"${untrustedText}" is no reference`, hint);
}
