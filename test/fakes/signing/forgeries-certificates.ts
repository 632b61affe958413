import { generateKeyPairSync } from 'node:crypto';
import type { X509Certificate } from '@peculiar/x509';
import {
  basicConstraints,
  type CertificateOrder,
  Extension,
  ecKeys,
  extendedKeyUsage,
  issue,
  type KeyUsage,
  keyUsage,
  purposes,
  rsaKeys,
} from './certificates.ts';
import { forgeJws, type Material } from './forge-jws.ts';
import { certificates, type Forgery, type Stage } from './forgery.ts';

const withChain = (material: Material, chain: readonly X509Certificate[]): Material => ({
  ...material,
  chain,
});

const order: readonly Forgery[] = [
  certificates({ title: 'no root', reason: 'certificate.chain', says: /not a self-signed root/ }, (stage) =>
    withChain(stage.material, stage.material.chain.slice(0, 2)),
  ),
  certificates(
    { title: 'no intermediate', reason: 'certificate.chain', says: /not issued by/ },
    ({ material }) => withChain(material, [material.chain[0], material.chain[2]] as X509Certificate[]),
  ),
  certificates({ title: 'root before intermediate', reason: 'certificate.chain' }, ({ material }) =>
    withChain(material, [material.chain[0], material.chain[2], material.chain[1]] as X509Certificate[]),
  ),
  certificates(
    { title: 'the root twice', reason: 'certificate.chain', says: /not the last/ },
    ({ material }) => withChain(material, [...material.chain, material.chain[2]] as X509Certificate[]),
  ),
  certificates(
    { title: 'a certificate that has nothing to do with it', reason: 'certificate.chain' },
    async ({ material }) => {
      const stranger = await issue({ role: 'authority', subject: 'CN=Stranger' });
      return withChain(material, [...material.chain, stranger.certificate]);
    },
  ),
  certificates(
    { title: "another authority's certificate of the same name", reason: 'certificate.chain' },
    async ({ material, chain }) => {
      const { subject } = chain.intermediate.certificate;
      const twin = await issue({ role: 'authority', subject, issuer: chain.root });
      return withChain(material, [
        material.chain[0],
        twin.certificate,
        material.chain[2],
      ] as X509Certificate[]);
    },
  ),
  certificates(
    { title: 'twenty-one certificates', reason: 'certificate.chain', says: /got 21/ },
    ({ material }) =>
      withChain(
        material,
        Array.from({ length: 21 }, (_, at) => material.chain[Math.min(at, 2)] as X509Certificate),
      ),
  ),
  {
    title: 'a byte after a certificate',
    mediaType: 'application/jose+json',
    reason: 'envelope.malformed',
    make: ({ material }) =>
      forgeJws(material, {
        unprotected: (all) => ({
          ...all,
          x5c: (all.x5c as string[]).map((text) =>
            Buffer.concat([Buffer.from(text, 'base64'), Buffer.of(0)]).toString('base64'),
          ),
        }),
      }),
  },
];

const leafOf =
  (leaf: CertificateOrder) =>
  (stage: Stage): Promise<Material> =>
    stage.materialOf(leaf);

const usageForgeries = (
  ['keyEncipherment', 'dataEncipherment', 'keyAgreement', 'keyCertSign', 'cRLSign'] satisfies KeyUsage[]
).map((usage) =>
  certificates(
    { title: `a leaf for ${usage} too`, reason: 'certificate.profile', says: new RegExp(usage) },
    leafOf({ keyUsage: keyUsage(['digitalSignature', usage]) }),
  ),
);

const purposeForgeries = (
  ['serverAuth', 'clientAuth', 'emailProtection', 'timeStamping', 'ocspSigning', 'any'] as const
).map((purpose) =>
  certificates(
    {
      title: `a leaf for ${purpose} too`,
      reason: 'certificate.profile',
      says: /extended key usage/,
      ...(purpose === 'any'
        ? { differs: 'the specification forbids anyExtendedKeyUsage, notation does not look for it' }
        : {}),
    },
    leafOf({ extendedKeyUsage: extendedKeyUsage([purposes.codeSigning, purposes[purpose]]) }),
  ),
);

const leaf: readonly Forgery[] = [
  certificates(
    { title: 'a leaf without keyUsage', reason: 'certificate.profile', says: /no keyUsage/ },
    leafOf({ keyUsage: null }),
  ),
  certificates(
    { title: 'a leaf whose keyUsage is not critical', reason: 'certificate.profile', says: /not critical/ },
    leafOf({ keyUsage: keyUsage(['digitalSignature'], false) }),
  ),
  certificates(
    { title: 'a leaf that may not sign', reason: 'certificate.profile', says: /digitalSignature/ },
    leafOf({ keyUsage: keyUsage(['nonRepudiation']) }),
  ),
  ...usageForgeries,
  ...purposeForgeries,
  certificates(
    { title: 'a leaf that is an authority', reason: 'certificate.profile', says: /is an authority/ },
    leafOf({ basicConstraints: basicConstraints(true) }),
  ),
  certificates(
    { title: 'a leaf signed with SHA-1', reason: 'certificate.profile', says: /SHA-1/ },
    leafOf({ hash: 'SHA-1' }),
  ),
  certificates(
    {
      title: 'a keyUsage that is there twice',
      reason: 'certificate.profile',
      says: /twice/,
    },
    leafOf({ more: [keyUsage(['keyCertSign'])] }),
  ),
  certificates(
    { title: 'a leaf with an RSA key of 1024 bits', reason: 'certificate.profile', says: /unsupported kind/ },
    async (stage) => stage.materialOf({ keys: await rsaKeys(1024) }),
  ),
  certificates(
    { title: 'a leaf with an Ed25519 key', reason: 'certificate.profile', says: /unsupported kind/ },
    leafOf({ keys: generateKeyPairSync('ed25519') }),
  ),
  certificates(
    { title: 'a leaf with a key on P-224', reason: 'certificate.profile', says: /unsupported kind/ },
    leafOf({ keys: ecKeys('P-224') }),
  ),
  certificates(
    {
      title: 'another certificate as PEM inside the leaf',
      reason: 'envelope.malformed',
      differs:
        'only OpenSSL could take the inner one for the certificate; we refuse what two parsers may see differently',
    },
    async (stage) => {
      const inner = stage.chain.leaf.certificate.toString('pem');
      return stage.materialOf({ more: [new Extension('1.2.3.4', false, Buffer.from(`\n${inner}\n`))] });
    },
  ),
];

/** A leaf under an intermediate that was ordered so. */
const under =
  (intermediate: CertificateOrder) =>
  async ({ material, chain }: Stage): Promise<Material> => {
    const subject = 'C=DE, O=Test, CN=Unfit';
    const authority = await issue({ role: 'authority', subject, issuer: chain.root, ...intermediate });
    const signer = await issue({ issuer: authority });
    return {
      ...material,
      signer,
      chain: [signer, authority, chain.root].map(({ certificate }) => certificate),
    };
  };

const authority: readonly Forgery[] = [
  certificates(
    {
      title: 'an intermediate without basicConstraints',
      reason: 'certificate.profile',
      says: /not an authority/,
    },
    under({ basicConstraints: null }),
  ),
  certificates(
    {
      title: 'an intermediate that is no authority',
      reason: 'certificate.profile',
      says: /not an authority/,
    },
    under({ basicConstraints: basicConstraints(false) }),
  ),
  certificates(
    {
      title: 'an intermediate whose basicConstraints are not critical',
      reason: 'certificate.profile',
      says: /not critical/,
      differs: 'the specification wants them critical, notation does not look',
    },
    under({ basicConstraints: basicConstraints(true, { critical: false }) }),
  ),
  certificates(
    { title: 'an intermediate without keyUsage', reason: 'certificate.profile', says: /no keyUsage/ },
    under({ keyUsage: null }),
  ),
  certificates(
    {
      title: 'an intermediate whose keyUsage is not critical',
      reason: 'certificate.profile',
      says: /not critical/,
    },
    under({ keyUsage: keyUsage(['keyCertSign'], false) }),
  ),
  certificates(
    { title: 'an intermediate that may not issue', reason: 'certificate.profile', says: /keyCertSign/ },
    under({ keyUsage: keyUsage(['cRLSign']) }),
  ),
  certificates(
    { title: 'an intermediate signed with SHA-1', reason: 'certificate.profile', says: /SHA-1/ },
    under({ hash: 'SHA-1' }),
  ),
  certificates(
    {
      title: 'one intermediate more than the path length allows',
      reason: 'certificate.profile',
      says: /allows 0/,
    },
    async ({ material, chain }) => {
      const subjects = ['C=DE, O=Test, CN=Upper', 'C=DE, O=Test, CN=Lower'] as const;
      const upper = await issue({
        role: 'authority',
        subject: subjects[0],
        issuer: chain.root,
        basicConstraints: basicConstraints(true, { pathLength: 0 }),
      });
      const lower = await issue({ role: 'authority', subject: subjects[1], issuer: upper });
      const signer = await issue({ issuer: lower });
      const identities = [signer, lower, upper, chain.root];
      return { ...material, signer, chain: identities.map(({ certificate }) => certificate) };
    },
  ),
];

/** Damage to the certificates. */
export const certificateForgeries: readonly Forgery[] = [...order, ...leaf, ...authority];
