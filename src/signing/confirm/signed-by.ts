import { ImageBuilderError, reasonOf } from '../../core/index.ts';
import { isPartOf, parseDistinguishedName } from '../trust/distinguished-name.ts';
import type { VerifiedSignature } from '../verify/verification.ts';

/**
 * Tells the signatures of one signer from those of others by the subject of its certificate, of which a part is
 * enough. Throws `config.invalid` when the text is no subject.
 */
export function signedBy(signer: string, subject: string): (signature: VerifiedSignature) => boolean {
  const expected = parseSubject(signer, subject);
  return (signature) => {
    try {
      return isPartOf(expected, parseDistinguishedName(signature.signer));
    } catch {
      // What cannot be compared is not the one that is looked for.
      return false;
    }
  };
}

function parseSubject(signer: string, subject: string) {
  try {
    return parseDistinguishedName(subject);
  } catch (cause) {
    const message = `"signed-by" ${JSON.stringify(subject)} ${reasonOf(cause)}`;
    const path = `sign-config.signers (${signer})`;
    throw new ImageBuilderError(
      'config.invalid',
      `signer "${signer}": ${message}`,
      { problems: [{ path, message }] },
      { hint: 'write it as in a trust policy: "C=DE, ST=BW, O=Example, CN=signing"', cause },
    );
  }
}
