import { ImageBuilderError } from '../core/index.ts';
import { parseReference, type Reference } from '../oci/index.ts';

/** Reads the name of an image that a command line gives. Throws `usage.invalid`. */
export function readReference(untrustedText: string): Reference {
  const reference = parseReference(untrustedText);
  if (reference !== undefined) return reference;
  throw new ImageBuilderError(
    'usage.invalid',
    `"${untrustedText}" is no reference`,
    { argument: untrustedText },
    { hint: 'write it as host[:port]/path:tag or host[:port]/path@sha256:…' },
  );
}
