import { isIP } from 'node:net';
import type { SubjectAttribute } from '../certificates/parse-subject.ts';
import {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
} from '../certificates/x509.ts';
import {
  type Identity,
  issueAuthority,
  issueLeaf,
  type KeyAlgorithm,
  type Validity,
} from './issue-certificate.ts';

export interface IdentityOrders {
  /** Of the leaf that signs. */
  readonly subject: readonly SubjectAttribute[];
  readonly algorithm: KeyAlgorithm;
  readonly validity: Validity;
  /** Names and addresses under which the signing service is called. */
  readonly hosts: readonly string[];
}

interface Issued {
  readonly authority: Identity;
  readonly leaf: Identity;
}

/** What a development needs, each kind under an authority of its own, so that none can pass for another. */
export interface DevelopmentIdentities {
  readonly signing: Issued;
  readonly service: Issued;
  readonly client: Issued;
}

const { codeSigning, serverAuth, clientAuth } = ExtendedKeyUsage;

export async function developmentIdentities(orders: IdentityOrders): Promise<DevelopmentIdentities> {
  const { subject, algorithm, validity, hosts } = orders;
  const organisation = subject.filter(({ type }) => type !== 'CN');
  const named = (value: string) => [...organisation, { type: 'CN', value }];
  const issue = async (title: string, leaf: Omit<Parameters<typeof issueLeaf>[0], 'issuer' | 'validity'>) => {
    const authority = await issueAuthority({ subject: named(`${title} root`), validity });
    return { authority, leaf: await issueLeaf({ ...leaf, issuer: authority, validity }) };
  };
  const names = hosts.map((value) => ({
    type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const),
    value,
  }));
  const [signing, service, client] = await Promise.all([
    issue('development signing', { subject, algorithm, extensions: [purpose(codeSigning)] }),
    issue('development service', {
      subject: named('signing-service'),
      algorithm: 'P-256',
      extensions: [purpose(serverAuth), new SubjectAlternativeNameExtension(names)],
    }),
    issue('development client', {
      subject: named('image-builder'),
      algorithm: 'P-256',
      extensions: [purpose(clientAuth)],
    }),
  ]);
  return { signing, service, client };
}

function purpose(usage: ExtendedKeyUsage): ExtendedKeyUsageExtension {
  return new ExtendedKeyUsageExtension([usage]);
}
