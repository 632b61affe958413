import { type JwsEdits, timeText } from './forge-jws.ts';
import { type StampEdits, stamp, type TimestampAuthority } from './timestamp-authority.ts';

/** A signature that the authority has stamped. */
export function stampedBy(authority: TimestampAuthority, edits: StampEdits = {}): JwsEdits {
  return {
    envelope: (members) => {
      const signature = Buffer.from(String(members.signature), 'base64url');
      const token = Buffer.from(stamp(authority, signature, edits)).toString('base64');
      const header = members.header as Record<string, unknown>;
      return { ...members, header: { ...header, 'io.cncf.notary.timestampSignature': token } };
    },
  };
}

/** A signature that expires. */
export function expiringAt(time: Date): JwsEdits {
  return {
    header: ({ crit, ...header }) => ({
      ...header,
      'io.cncf.notary.expiry': timeText(time),
      crit: [...(crit as string[]), 'io.cncf.notary.expiry'],
    }),
  };
}

/** A signature of the scheme `notary.x509.signingAuthority`, whose signer vouches for the time. */
export function authenticSince(time: Date): JwsEdits {
  return {
    header: ({ 'io.cncf.notary.signingTime': _, ...header }) => ({
      ...header,
      'io.cncf.notary.signingScheme': 'notary.x509.signingAuthority',
      'io.cncf.notary.authenticSigningTime': timeText(time),
      crit: ['io.cncf.notary.signingScheme', 'io.cncf.notary.authenticSigningTime'],
    }),
  };
}
