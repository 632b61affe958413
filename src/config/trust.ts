import { listOf, optional, section, withDefault } from './fields.ts';
import { text } from './scalars.ts';

/** Whose signatures count when an image is verified. */
export const trust = section({
  directory: optional(text, {
    description: 'Directory with `trustpolicy.json` and `truststore`, as `notation` has it.',
    examples: ['/etc/notation'],
  }),
  'cosign-keys': withDefault(listOf(text, 'a list of PEM files'), [], {
    description: 'PEM files with the public keys of cosign signers.',
  }),
});
