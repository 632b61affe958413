import 'reflect-metadata';
import { AuthorityInfoAccessExtension, CRLDistributionPointsExtension, Extension } from '@peculiar/x509';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  openTestClient,
  repositoryIn,
  startTestRegistry,
} from '../../../test/fakes/registry/open-registries.ts';
import { startReferrersProxy } from '../../../test/fakes/registry/referrers-proxy.ts';
import {
  type CertificateOrder,
  type Chain,
  chainUnder,
  issue,
  issueChain,
  issuedAt,
} from '../../../test/fakes/signing/certificates.ts';
import { forgeCose } from '../../../test/fakes/signing/forge-cose.ts';
import { forgeJws, type Material } from '../../../test/fakes/signing/forge-jws.ts';
import { authenticSince, expiringAt, stampedBy } from '../../../test/fakes/signing/jws-variations.ts';
import {
  openTimestampAuthority,
  type TimestampAuthority,
} from '../../../test/fakes/signing/timestamp-authority.ts';
import { type Descriptor, digestOf, mediaTypes } from '../../oci/index.ts';
import { createPayload } from '../envelope/payload.ts';
import { parseDistinguishedName } from '../trust/distinguished-name.ts';
import type { Trust, TrustPolicy } from '../trust/load-trust.ts';
import { levelActions } from '../trust/verification-level.ts';
import { verifyImage } from './verify-image.ts';

const image = Buffer.from('{"schemaVersion":2}');
const artifact: Descriptor = {
  mediaType: mediaTypes.ociManifest,
  digest: digestOf(image),
  size: image.length,
};
const signatureType = 'application/vnd.cncf.notary.signature';
const emptyType = 'application/vnd.oci.empty.v1+json';
const jwsType = 'application/jose+json';
const day = 24 * 3600 * 1000;
const later = (days: number) => new Date(issuedAt.getTime() + days * day);

let chain: Chain;
let stranger: Chain;
let tsa: TimestampAuthority;

beforeAll(async () => {
  [chain, stranger, tsa] = await Promise.all([issueChain(), issueChain(), openTimestampAuthority()]);
});

function material(signed: Partial<Material> & { readonly by?: Chain } = {}): Material {
  const { by = chain, ...rest } = signed;
  const payload = createPayload(artifact, { 'build.commit': 'abc' });
  return { signer: by.leaf, chain: by.certificates, payload, signingTime: issuedAt, ...rest };
}

const leaf = (order: CertificateOrder) => chainUnder(chain, order);

/** A JWS envelope with a timestamp. */
const stamped = (of: Material, ...stamping: Parameters<typeof stampedBy>) =>
  forgeJws(of, stampedBy(...stamping));

const expiring = (at: Date) => forgeJws(material(), expiringAt(at));

const byAuthority = (of: Material, time: Date) => forgeJws(of, authenticSince(time));

interface StoredSignature {
  readonly envelope: Uint8Array;
  readonly mediaType?: string;
  /** Laid over the manifest. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Laid over the entry of the list; null members are left out. */
  readonly entry?: Readonly<Record<string, unknown>>;
  readonly lost?: 'manifest' | 'envelope';
}

type PolicyEdits = Partial<Omit<TrustPolicy, 'stores'>> & {
  readonly stores?: Partial<TrustPolicy['stores']>;
};

function trusting(policy: PolicyEdits = {}): Trust {
  const { level = 'strict', stores } = policy;
  const one: TrustPolicy = {
    name: 'one',
    scopes: ['*'],
    level,
    actions: levelActions[level],
    verifyTimestamp: 'always',
    identities: 'any',
    ...policy,
    stores: { ca: [chain.root.certificate], signingAuthority: [], tsa: [], ...stores },
  };
  return { path: '/trust/trustpolicy.json', policies: [one] };
}

const withTsa = (policy: PolicyEdits = {}) =>
  trusting({ ...policy, stores: { tsa: [tsa.root.certificate] } });

interface Question {
  readonly trust?: Trust;
  readonly now?: Date;
  readonly api?: boolean;
}

/** Verifies an artifact with these signatures in a registry in memory. */
async function verify(
  signatures: readonly StoredSignature[],
  { trust = trusting(), now = issuedAt, api }: Question = {},
) {
  const fake = await startTestRegistry();
  const store = fake.repository('team/app');
  const entries = signatures.map(({ envelope, mediaType = jwsType, manifest = {}, entry = {}, lost }) => {
    const stored = {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      artifactType: signatureType,
      config: { mediaType: emptyType, digest: digestOf('{}'), size: 2 },
      layers: [{ mediaType, digest: digestOf(envelope), size: envelope.length }],
      subject: artifact,
      ...manifest,
    };
    const bytes = Buffer.from(JSON.stringify(stored));
    if (lost !== 'envelope') store.blobs.set(digestOf(envelope), Buffer.from(envelope));
    if (lost !== 'manifest')
      store.manifests.set(digestOf(bytes), { bytes, mediaType: mediaTypes.ociManifest });
    const listed = { mediaType: mediaTypes.ociManifest, digest: digestOf(bytes), size: bytes.length };
    const all = { ...listed, artifactType: signatureType, ...entry };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as typeof all;
  });
  const index = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: entries }),
  );
  const proxy = api ? await startReferrersProxy(fake.host) : undefined;
  if (proxy !== undefined) {
    onTestFinished(proxy.close);
    for (const entry of entries) proxy.add(artifact.digest, entry);
  } else {
    store.manifests.set(digestOf(index), { bytes: index, mediaType: mediaTypes.ociIndex });
    store.tags.set(artifact.digest.replace(':', '-'), digestOf(index));
  }
  const { registry } = openTestClient();
  const repository = repositoryIn(proxy ?? fake, 'team/app');
  return verifyImage({ registry, repository, descriptor: artifact, trust, now });
}

const reasons = async (...args: Parameters<typeof verify>) => {
  const { verified, rejected } = await verify(...args);
  return [
    ...verified.map(({ logged }) => logged.map(({ reason }) => reason)),
    ...rejected.map(({ reason }) => reason),
  ];
};

describe('a signature that counts', () => {
  test('tells who signed what and when', async () => {
    const { policy, verified, rejected, unexamined } = await verify([{ envelope: forgeJws(material()) }]);
    expect({ policy, rejected, unexamined }).toEqual({
      policy: { name: 'one', level: 'strict' },
      rejected: [],
      unexamined: 0,
    });
    expect(verified).toEqual([
      {
        digest: expect.stringMatching(/^sha256:/),
        listed: true,
        format: 'jws',
        signer: 'C=DE, ST=BW, O=Test, CN=Leaf',
        thumbprint: digestOf(new Uint8Array(chain.leaf.certificate.rawData)).slice(7),
        signingTime: issuedAt,
        metadata: { 'build.commit': 'abc' },
        logged: [],
      },
    ]);
  });

  test('is found in COSE, by the API, as a legacy manifest, and behind a vague list', async () => {
    const cose = { envelope: forgeCose(material()), mediaType: 'application/cose' };
    const { verified } = await verify([{ envelope: forgeJws(material()) }, cose], { api: true });
    expect(verified.map(({ format }) => format)).toEqual(['jws', 'cose']);
    const legacy = {
      artifactType: undefined,
      config: { mediaType: signatureType, digest: digestOf('{}'), size: 2 },
    };
    const stored = { envelope: forgeJws(material()) };
    expect(await reasons([{ ...stored, manifest: legacy }])).toEqual([[]]);
    expect(await reasons([{ ...stored, entry: { artifactType: emptyType } }])).toEqual([[]]);
    expect(await reasons([{ ...stored, entry: { artifactType: null } }])).toEqual([[]]);
  });

  test('counts whatever else is attached', async () => {
    const bad = { envelope: forgeJws(material({ by: stranger })) };
    const good = { envelope: forgeJws(material()) };
    const sbom = { artifactType: 'application/spdx+json' };
    const other = { envelope: Buffer.from('{}'), manifest: sbom, entry: sbom };
    const vague = {
      envelope: Buffer.from('{}'),
      manifest: { artifactType: 'x/y' },
      entry: { artifactType: emptyType },
    };
    expect(await reasons([bad, other, vague, good])).toEqual([[], 'certificate.untrusted']);
  });

  test('is trusted by its root, an intermediate, or itself', async () => {
    const anchored = (certificate: Chain['root']['certificate']) =>
      trusting({ stores: { ca: [certificate] } });
    const signature = [{ envelope: forgeJws(material()) }];
    expect(await reasons(signature, { trust: anchored(chain.intermediate.certificate) })).toEqual([[]]);
    const own = await issue({});
    const self = [{ envelope: forgeJws(material({ signer: own, chain: [own.certificate] })) }];
    expect(await reasons(self, { trust: anchored(own.certificate) })).toEqual([[]]);
    expect(await reasons(self)).toEqual(['certificate.untrusted']);
  });

  test('counts for a trusted identity', async () => {
    const identities = [
      parseDistinguishedName('C=DE, ST=BW, O=Other'),
      parseDistinguishedName('C=DE, ST=BW, O=Test'),
    ];
    expect(await reasons([{ envelope: forgeJws(material()) }], { trust: trusting({ identities }) })).toEqual([
      [],
    ]);
  });

  test('outlives its certificate with a timestamp', async () => {
    const { verified } = await verify([{ envelope: stamped(material(), tsa) }], {
      trust: withTsa(),
      now: later(400),
    });
    expect(verified).toMatchObject([{ timestamp: { earliest: issuedAt, latest: issuedAt } }]);
  });

  test('of a signing authority counts by the time that it vouches for', async () => {
    const trust = trusting({
      stores: { signingAuthority: [chain.root.certificate] },
    });
    expect(
      await reasons([{ envelope: byAuthority(material(), issuedAt) }], { trust, now: later(400) }),
    ).toEqual([[]]);
    expect(await reasons([{ envelope: byAuthority(material(), later(400)) }], { trust })).toEqual([
      'certificate.expired',
    ]);
    expect(await reasons([{ envelope: byAuthority(material(), issuedAt) }])).toEqual([
      'certificate.untrusted',
    ]);
  });

  test('needs no timestamp before its certificates expire, if the policy says so', async () => {
    const trust = withTsa({ verifyTimestamp: 'afterCertExpiry' });
    const plain = [{ envelope: forgeJws(material()) }];
    expect(await reasons(plain, { trust })).toEqual([[]]);
    expect(await reasons(plain, { trust, now: later(400) })).toEqual(['timestamp.missing']);
    expect(await reasons([{ envelope: stamped(material(), tsa) }], { trust, now: later(400) })).toEqual([[]]);
  });
});

describe('a signature that does not count', () => {
  const payloads: readonly (readonly [string, Partial<Descriptor>])[] = [
    ['another digest', { digest: digestOf('other') }],
    ['another media type', { mediaType: mediaTypes.dockerManifest }],
    ['another size', { size: 1 }],
  ];

  test.each(payloads)('is for %s', async (_, change) => {
    const payload = createPayload({ ...artifact, ...change }, {});
    expect(await reasons([{ envelope: forgeJws(material({ payload })) }])).toEqual(['payload.mismatch']);
  });

  test.each([
    ['is for something else, whatever the level', { level: 'audit' }, 'payload.mismatch'],
    ['is for something else, also under permissive', { level: 'permissive' }, 'payload.mismatch'],
  ] as const)('%s', async (_, policy, reason) => {
    const payload = createPayload({ ...artifact, size: 1 }, {});
    expect(
      await reasons([{ envelope: forgeJws(material({ payload })) }], { trust: trusting(policy) }),
    ).toEqual([reason]);
  });

  test.each([
    ['C=DE, ST=BW, O=Other', 'is none of the trusted identities'],
    ['CN=Leaf', 'is none of the trusted identities'],
    ['C=DE, ST=BW, O=Test, O=Second', 'has "O" more than once'],
  ])('is by %s, who is nobody that the policy knows', async (subject, message) => {
    const trust = trusting({ identities: [parseDistinguishedName('C=DE, ST=BW, O=Test')] });
    const { rejected } = await verify([{ envelope: forgeJws(material({ by: await leaf({ subject }) })) }], {
      trust,
    });
    expect(rejected).toMatchObject([
      { reason: 'certificate.identity', message: expect.stringContaining(message) },
    ]);
  });

  test('is by identities for plugins only', async () => {
    expect(
      await reasons([{ envelope: forgeJws(material()) }], { trust: trusting({ identities: [] }) }),
    ).toEqual(['certificate.identity']);
  });

  test.each([
    ['after it', later(366), 'expired at'],
    ['before it', later(-2), 'is valid from'],
  ])('is looked at outside the time of its certificates, %s', async (_, now, message) => {
    const { rejected } = await verify([{ envelope: forgeJws(material()) }], { now });
    expect(rejected).toMatchObject([
      { reason: 'certificate.expired', message: expect.stringContaining(message) },
    ]);
  });

  test('has expired, from that second on', async () => {
    const expiry = later(10);
    const signature = [{ envelope: expiring(expiry) }];
    expect(await reasons(signature, { now: later(9) })).toEqual([[]]);
    expect(await reasons(signature, { now: expiry })).toEqual(['signature.expired']);
  });

  test('lacks the timestamp, or has one that proves nothing', async () => {
    const trust = withTsa();
    const other = await openTimestampAuthority();
    expect(await reasons([{ envelope: forgeJws(material()) }], { trust })).toEqual(['timestamp.missing']);
    expect(await reasons([{ envelope: stamped(material(), other) }], { trust })).toEqual(['timestamp.wrong']);
    const late = stamped(material({ by: await leaf({ notAfter: later(1) }) }), tsa, { genTime: later(2) });
    expect(await reasons([{ envelope: late }], { trust })).toEqual(['certificate.expired']);
  });

  test.each([
    ['has no layer', { layers: [] }, /0 layers/],
    ['is something else that is listed as one', { artifactType: 'text/x-other' }, /is none/],
    [
      'has the type in the wrong place',
      { artifactType: 'x/y', config: { mediaType: signatureType, digest: digestOf('{}'), size: 2 } },
      /is none/,
    ],
    [
      'names an envelope of another size',
      { layers: [{ mediaType: jwsType, digest: digestOf('x'), size: 5 }] },
      /not in the repository/,
    ],
    [
      'names an envelope too large',
      { layers: [{ mediaType: jwsType, digest: digestOf('x'), size: 33 * 1024 * 1024 + 600_000 }] },
      /damaged: .*at most/,
    ],
    ['cannot be read', { layers: [{}] }, /damaged/],
  ] as const)('%s', async (_, manifest, message) => {
    const { rejected } = await verify([{ envelope: forgeJws(material()), manifest }]);
    expect(rejected).toMatchObject([
      { reason: 'manifest.malformed', message: expect.stringMatching(message) },
    ]);
  });

  test('has another size than the list says', async () => {
    const { rejected } = await verify([{ envelope: forgeJws(material()), entry: { size: 5 } }]);
    expect(rejected).toMatchObject([
      { reason: 'manifest.malformed', message: expect.stringContaining('the list says 5') },
    ]);
  });

  test.each(['manifest', 'envelope'] as const)('has lost its %s', async (lost) => {
    const both = [
      { envelope: forgeJws(material()), lost },
      { envelope: forgeJws(material({ signingTime: later(-1) })) },
    ];
    expect(await reasons(both)).toEqual([[], 'manifest.malformed']);
  });

  test('is an envelope of no known kind', async () => {
    expect(await reasons([{ envelope: forgeJws(material()), mediaType: 'text/plain' }])).toEqual([
      'envelope.media-type',
    ]);
    expect(await reasons([{ envelope: Buffer.from('garbage') }])).toEqual(['envelope.malformed']);
  });
});

describe('revocation, which nobody is asked about', () => {
  const listPoints = new CRLDistributionPointsExtension(['http://crl.example/x']);
  const responder = new AuthorityInfoAccessExtension({ ocsp: ['http://ocsp.example'] });
  const issuers = new AuthorityInfoAccessExtension({ caIssuers: ['http://ca.example'] });
  const unreadable = new Extension('1.3.6.1.5.5.7.1.1', false, Buffer.from('ff', 'hex'));
  const reading = async (more: readonly Extension[], policy: PolicyEdits = {}) =>
    reasons([{ envelope: forgeJws(material({ by: await leaf({ more }) })) }], { trust: trusting(policy) });

  test('fails closed where a certificate names a service for it', async () => {
    expect(await reading([listPoints])).toEqual(['certificate.revocation-unknown']);
    expect(await reading([responder])).toEqual(['certificate.revocation-unknown']);
    expect(await reading([issuers])).toEqual([[]]);
    expect(await reading([unreadable])).toEqual([expect.stringMatching(/^(?:envelope|certificate)\./)]);
  });

  test('is logged or skipped where the policy says so', async () => {
    const actions = levelActions.strict;
    expect(await reading([listPoints], { actions: { ...actions, revocation: 'log' } })).toEqual([
      ['certificate.revocation-unknown'],
    ]);
    expect(await reading([listPoints], { actions: { ...actions, revocation: 'skip' } })).toEqual([[]]);
    expect(await reading([listPoints], { level: 'permissive' })).toEqual([
      ['certificate.revocation-unknown'],
    ]);
  });

  test('concerns the timestamping authority too', async () => {
    const authority = await openTimestampAuthority({ more: [listPoints] });
    const trust = (actions = levelActions.strict) =>
      trusting({
        actions,
        stores: { tsa: [authority.root.certificate] },
      });
    const signature = [{ envelope: stamped(material(), authority) }];
    expect(await reasons(signature, { trust: trust() })).toEqual(['certificate.revocation-unknown']);
    expect(
      await reasons(signature, { trust: trust({ ...levelActions.strict, revocation: 'skip' }) }),
    ).toEqual([[]]);
  });
});

describe('the level of a policy', () => {
  test('permissive tells about time and lets it pass', async () => {
    const trust = trusting({ level: 'permissive' });
    expect(await reasons([{ envelope: forgeJws(material()) }], { trust, now: later(400) })).toEqual([
      ['certificate.expired'],
    ]);
    expect(await reasons([{ envelope: expiring(later(1)) }], { trust, now: later(2) })).toEqual([
      ['signature.expired'],
    ]);
    expect(await reasons([{ envelope: forgeJws(material({ by: stranger })) }], { trust })).toEqual([
      'certificate.untrusted',
    ]);
  });

  test('audit enforces what was signed and nothing else', async () => {
    const identities = [parseDistinguishedName('C=DE, ST=BW, O=Other')];
    const trust = trusting({ level: 'audit', identities });
    expect(
      await reasons([{ envelope: forgeJws(material({ by: stranger })) }], { trust, now: later(400) }),
    ).toEqual([['certificate.untrusted', 'certificate.identity', 'certificate.expired']]);
    expect(await reasons([{ envelope: Buffer.from('{}') }], { trust })).toEqual(['envelope.malformed']);
  });

  test('skip verifies nothing and says so', async () => {
    expect(
      await verify([{ envelope: forgeJws(material()) }], { trust: trusting({ level: 'skip' }) }),
    ).toEqual({
      policy: { name: 'one', level: 'skip' },
      verified: [],
      rejected: [],
      unexamined: 0,
    });
  });
});

describe('verifyImage', () => {
  test('finds nothing on an unsigned image', async () => {
    expect(await verify([])).toMatchObject({ verified: [], rejected: [], unexamined: 0 });
  });

  test('refuses a repository that no policy is for', async () => {
    const trust = { ...trusting(), policies: [] };
    await expect(verify([{ envelope: forgeJws(material()) }], { trust })).rejects.toMatchObject({
      code: 'signature.rejected',
      details: { reference: expect.stringContaining(artifact.digest) },
      hint: expect.stringContaining('/trust/trustpolicy.json'),
    });
  });

  test('looks at a hundred signatures and tells how many more there are', async () => {
    const many = Array.from({ length: 103 }, (_, at) => ({ envelope: Buffer.from(`garbage ${at}`) }));
    const { rejected, unexamined } = await verify(many);
    expect([rejected.length, unexamined]).toEqual([100, 3]);
  });

  test('does not take a registry that is down for one without signatures', async () => {
    const fake = await startTestRegistry({
      fault: ({ path }) => (path.includes('sha256-') ? { status: 503 } : undefined),
    });
    const { registry } = openTestClient();
    const repository = repositoryIn(fake, 'team/app');
    const options = { registry, repository, descriptor: artifact, trust: trusting(), now: issuedAt };
    await expect(verifyImage(options)).rejects.toMatchObject({ code: 'registry.unavailable' });
  });
});
