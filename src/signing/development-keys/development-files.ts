import type { SubjectAttribute } from '../certificates/parse-subject.ts';
import type { DevelopmentIdentities } from './development-identities.ts';
import type { Identity } from './issue-certificate.ts';

export interface PlannedFile {
  /** Below the directory. */
  readonly path: string;
  readonly content: string;
  readonly description: string;
  readonly secret: boolean;
}

export interface TrustOptions {
  /** Of the leaf that signs. */
  readonly subject: readonly SubjectAttribute[];
  /** Repositories that the trust policy is for; every one when there is none. */
  readonly scopes: readonly string[];
}

/** Name of the trust store and of the policy. */
const storeName = 'development';

/** The files that development keys are kept in, private keys in PKCS#8. */
export function developmentFiles(
  { signing, service, client }: DevelopmentIdentities,
  trust: TrustOptions,
): readonly PlannedFile[] {
  const open = (path: string, description: string, content: string) => ({
    path,
    description,
    content,
    secret: false,
  });
  const secret = (path: string, description: string, content: string) => ({
    path,
    description,
    content,
    secret: true,
  });
  return [
    secret('signing/key.pem', 'private key that signs', keyPem(signing.leaf)),
    open('signing/chain.pem', 'its certificate and root', pem(signing.leaf, signing.authority)),
    secret('service/key.pem', 'TLS key of the signing service', keyPem(service.leaf)),
    open(
      'service/certificate.pem',
      'TLS certificate of the signing service',
      pem(service.leaf, service.authority),
    ),
    open('service/client-ca.pem', 'authority of its clients', pem(client.authority)),
    secret(
      'client/signify-secret.json',
      'credentials of a client, as the signer of type notary reads them',
      signifySecret(client.leaf),
    ),
    open('client/service-ca.pem', 'authority of the signing service', pem(service.authority)),
    open(
      `notation/truststore/x509/ca/${storeName}/root.pem`,
      'trust store of notation',
      pem(signing.authority),
    ),
    open('notation/trustpolicy.json', 'trust policy of notation', trustPolicy(trust)),
  ];
}

function pem(...identities: readonly Identity[]): string {
  return identities.map(({ certificate }) => `${certificate.toString('pem')}\n`).join('');
}

function keyPem({ privateKey }: Identity): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function signifySecret(client: Identity): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return json({ certData: base64(pem(client)), privateKeyData: base64(keyPem(client)) });
}

/** Notary Project trust store and trust policy specification v1.0, "Trust Policy Properties". */
function trustPolicy({ subject, scopes }: TrustOptions): string {
  return json({
    version: '1.0',
    trustPolicies: [
      {
        name: storeName,
        registryScopes: scopes.length === 0 ? ['*'] : scopes,
        signatureVerification: { level: 'strict' },
        trustStores: [`ca:${storeName}`],
        trustedIdentities: [`x509.subject: ${printSubject(subject)}`],
      },
    ],
  });
}

function printSubject(subject: readonly SubjectAttribute[]): string {
  return subject
    .map(({ type, value }) => `${type}=${value.replace(/[\\,+"<>;=#]|^ | $/g, '\\$&')}`)
    .join(', ');
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
