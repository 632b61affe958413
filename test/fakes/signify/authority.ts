import { isIP } from 'node:net';
import { SubjectAlternativeNameExtension } from '../../../src/signing/certificates/x509.ts';
import { extendedKeyUsage, type Identity, issue, purposes, rsaKeys } from '../signing/certificates.ts';

/** PEM texts, as TLS takes them. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface TlsOrder {
  readonly purpose: 'client' | 'server';
  /** Common name, or a whole subject. */
  readonly name: string;
  /** Names and addresses of a server; this machine's when left out. */
  readonly hosts?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly keys?: 'EC' | 'RSA';
}

/** A private authority for TLS. */
export interface Authority {
  /** Its own certificate, PEM. */
  readonly ca: string;
  readonly issue: (order: TlsOrder) => Promise<TlsIdentity>;
}

export async function createAuthority(name: string): Promise<Authority> {
  const root = await issue({ role: 'authority', subject: `O=Test, CN=${name}` });
  const ca = pemOf(root);
  return { ca, issue: (order) => issueTls(order, root) };
}

async function issueTls(order: TlsOrder, root: Identity): Promise<TlsIdentity> {
  const { purpose, name, hosts = ['localhost', '127.0.0.1'], keys, notBefore, notAfter } = order;
  const names = hosts.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }));
  const identity = await issue({
    subject: name.includes('=') ? name : `CN=${name}`,
    issuer: root,
    extendedKeyUsage: extendedKeyUsage([purpose === 'server' ? purposes.serverAuth : purposes.clientAuth]),
    more: purpose === 'server' ? [new SubjectAlternativeNameExtension(names)] : [],
    ...(keys === 'RSA' ? { keys: await rsaKeys(2048) } : {}),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter }),
  });
  return {
    cert: `${pemOf(identity)}${pemOf(root)}`,
    key: identity.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function pemOf({ certificate }: Identity): string {
  return `${certificate.toString('pem')}\n`;
}
