import { optional, refuse, required, section, withDefault } from './fields.ts';
import { oneOf, text, timestampUrl } from './scalars.ts';

/** The key of every signer that signs by itself. */
export function signingKey() {
  return { key: required(text, { description: 'PEM file with the private key.' }) };
}

/** What the embedded Notary Project signer needs, in a build and in the signing service. */
export function embeddedSigner() {
  const fields = {
    ...signingKey(),
    chain: required(text, {
      description: 'PEM file with the certificates of the key: leaf first, root last.',
    }),
    format: withDefault(oneOf(['jws', 'cose']), 'jws', { description: 'Form of the signature envelope.' }),
    'timestamp-url': optional(timestampUrl, {
      description: 'Timestamping authority (RFC 3161): with it signatures outlive the certificate.',
    }),
    'timestamp-roots': optional(text, {
      description: 'PEM file with the root certificates that the timestamping authority leads to.',
    }),
  };
  return section(fields, (context) => {
    const { 'timestamp-url': url, 'timestamp-roots': roots } = context.value;
    if ((url === undefined) === (roots === undefined)) return;
    const missing = url === undefined ? 'timestamp-url' : 'timestamp-roots';
    const hint = 'a timestamp is worth what its authority is: name both, or none';
    refuse(context, { message: `"${missing}" is missing`, hint }, [
      url === undefined ? 'timestamp-roots' : 'timestamp-url',
    ]);
  });
}
