import 'reflect-metadata';
import {
  AuthorityInfoAccessExtension,
  CRLDistributionPointsExtension,
  X509CrlGenerator,
} from '@peculiar/x509';
import { startLocalServer } from '../../fakes/registry/local-server.ts';
import {
  type CertificateOrder,
  type Chain,
  chainUnder,
  type Extension,
  type Identity,
  issue,
  issueChain,
  issuedAt,
} from '../../fakes/signing/certificates.ts';
import { openTimestampAuthority, type TimestampAuthority } from '../../fakes/signing/timestamp-authority.ts';

/** Whose signatures there are. */
export interface Scene {
  /** Its root is in the trust store `ca:own`. */
  readonly own: Chain;
  /** Of authorities that nobody trusts. */
  readonly stranger: Chain;
  /** A leaf that signed itself, in the trust store `ca:self`. */
  readonly self: Chain;
  readonly tsa: TimestampAuthority;
  readonly strangerTsa: TimestampAuthority;
  /** Under the authorities of `own`. */
  readonly leaves: Readonly<Record<'revoked' | 'notRevoked' | 'unknown', Chain>>;
  readonly close: () => Promise<void>;
}

const hour = 3600 * 1000;

export function hoursAgo(hours: number): Date {
  return new Date(issuedAt.getTime() - hours * hour);
}

/** A certificate that was right until an hour ago. */
export const expired: CertificateOrder = { notBefore: hoursAgo(24), notAfter: hoursAgo(1) };

export async function openScene(): Promise<Scene> {
  const [own, stranger, tsa, strangerTsa] = await Promise.all([
    issueChain(),
    issueChain(),
    openTimestampAuthority(),
    openTimestampAuthority(),
  ]);
  const lists = new Map<string, ArrayBuffer>();
  const server = await startLocalServer(async ({ url = '' }, response) => {
    response.writeHead(lists.has(url) ? 200 : 404).end(Buffer.from(lists.get(url) ?? new ArrayBuffer()));
  });
  const leafWith = (extension: Extension) => chainUnder(own, { more: [extension] });
  const listedAt = (path: string) =>
    leafWith(new CRLDistributionPointsExtension([`http://${server.host}${path}`]));
  const [revoked, notRevoked, unknown] = await Promise.all([
    listedAt('/one.crl'),
    listedAt('/none.crl'),
    leafWith(new AuthorityInfoAccessExtension({ ocsp: [`http://${server.host}/ocsp`] })),
  ]);
  lists.set('/one.crl', await revocationList(own.intermediate, [revoked.leaf]));
  lists.set('/none.crl', await revocationList(own.intermediate, []));
  const leaf = await issue({});
  const self = { leaf, intermediate: leaf, root: leaf, certificates: [leaf.certificate] };
  return {
    own,
    stranger,
    self,
    tsa,
    strangerTsa,
    leaves: { revoked, notRevoked, unknown },
    close: server.close,
  };
}

async function revocationList(
  { certificate, privateKey }: Identity,
  revoked: readonly Identity[],
): Promise<ArrayBuffer> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const list = await X509CrlGenerator.create({
    issuer: certificate.subject,
    thisUpdate: hoursAgo(1),
    nextUpdate: hoursAgo(-1),
    entries: revoked.map((one) => ({
      serialNumber: one.certificate.serialNumber,
      revocationDate: hoursAgo(3),
    })),
    signingAlgorithm: algorithm,
    signingKey: privateKey.toCryptoKey(algorithm, true, ['sign']),
  });
  return list.rawData;
}
