import { type RejectionReason, SignatureRejected, type SigningScheme } from '../signed-envelope.ts';
import { headers, payloadMediaType } from './notary-headers.ts';
import type { UntrustedEnvelope } from './untrusted-envelope.ts';

interface SignedAttributes {
  readonly scheme: SigningScheme;
  readonly signingTime: Date;
  readonly expiry?: Date;
}

/** Which of the two signing times belongs to a scheme, and which must not be there. */
const timesOf: Readonly<Record<SigningScheme, { readonly own: string; readonly other: string }>> = {
  'notary.x509': { own: headers.signingTime, other: headers.authenticSigningTime },
  'notary.x509.signingAuthority': { own: headers.authenticSigningTime, other: headers.signingTime },
};

/** Checks and reads the signed attributes; each fault has its own reason. Throws SignatureRejected. */
export function readAttributes(envelope: UntrustedEnvelope): SignedAttributes {
  const { attributes, contentType } = envelope;
  if (attributes.has(headers.plugin) || attributes.has(headers.pluginVersion))
    throw rejected('envelope.plugin', 'signature asks for a verification plugin, there are none here');
  if (contentType !== payloadMediaType)
    throw rejected('envelope.content-type', `payload is not "${payloadMediaType}"`);
  const scheme = attributes.get(headers.scheme);
  if (!isScheme(scheme)) throw rejected('envelope.scheme', 'signing scheme is missing or unknown');
  checkCritical(envelope);
  return { scheme, ...readTimes(envelope, scheme) };
}

/** The list must name exactly what must be understood: neither an unknown header nor one that is not there. */
function checkCritical({ attributes, critical }: UntrustedEnvelope): void {
  const expected = [headers.scheme, headers.authenticSigningTime, headers.expiry].filter((name) =>
    attributes.has(name),
  );
  const names: readonly unknown[] = Array.isArray(critical) ? critical : [];
  const same = names.length === expected.length && expected.every((name) => names.includes(name));
  if (!same)
    throw rejected('envelope.critical-header', `critical headers are not exactly ${expected.join(', ')}`);
}

function readTimes({ attributes, readTime }: UntrustedEnvelope, scheme: SigningScheme) {
  const { own, other } = timesOf[scheme];
  if (attributes.has(other))
    throw rejected('envelope.signing-time', `header ${other} does not belong to scheme ${scheme}`);
  const signingTime = readTime(attributes.get(own));
  if (!signingTime) throw rejected('envelope.signing-time', `header ${own} is missing or not a time`);
  if (!attributes.has(headers.expiry)) return { signingTime };
  const expiry = readTime(attributes.get(headers.expiry));
  if (!expiry) throw rejected('envelope.signing-time', `header ${headers.expiry} is not a time`);
  if (expiry <= signingTime) throw rejected('envelope.signing-time', 'signature expires before it was made');
  return { signingTime, expiry };
}

function isScheme(untrusted: unknown): untrusted is SigningScheme {
  return typeof untrusted === 'string' && Object.hasOwn(timesOf, untrusted);
}

function rejected(reason: RejectionReason, message: string): SignatureRejected {
  return new SignatureRejected(reason, message);
}
