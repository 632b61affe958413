import { optional, required, withDefault } from './fields.ts';
import { oneOf, text, timestampUrl } from './scalars.ts';

/** The key of every signer that signs by itself. */
export function signingKey() {
  return { key: required(text, { description: 'PEM file with the private key.' }) };
}

/** What the embedded Notary Project signer needs, in a build and in the signing service. */
export function embeddedSigner() {
  return {
    ...signingKey(),
    chain: required(text, {
      description: 'PEM file with the certificates of the key: leaf first, root last.',
    }),
    format: withDefault(oneOf(['jws', 'cose']), 'jws', { description: 'Form of the signature envelope.' }),
    'timestamp-url': optional(timestampUrl, {
      description: 'Timestamping authority (RFC 3161): with it signatures outlive the certificate.',
    }),
  };
}
