import { sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ecKeys } from '../../../test/fakes/signing/certificates.ts';
import { trusted } from '../../../test/fakes/signing/cosign-keys.ts';
import { encode } from '../../../test/fakes/signing/forge-bundle.ts';
import { digestOf, mediaTypes, parseDigest } from '../../oci/index.ts';
import { type BundleSigning, signBundle } from './sign-bundle.ts';

const keys = ecKeys();
const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const signing: BundleSigning = {
  key: {
    publicKey: trusted(keys),
    sign: async (data) => sign('sha256', data, keys.privateKey),
    warnings: [],
  },
  descriptor: { mediaType: mediaTypes.ociIndex, digest: digestOf('index'), size: 5 },
  metadata: { commit: '0123abc' },
  signingTime: new Date('2026-03-04T05:06:07.890Z'),
};
const jsonOf = (bytes: Uint8Array | string) => JSON.parse(Buffer.from(bytes).toString());

async function statementFor(edits: Partial<BundleSigning>) {
  const { bundle } = await signBundle({ ...signing, ...edits });
  return jsonOf(Buffer.from(jsonOf(bundle).dsseEnvelope.payload, 'base64'));
}

describe('signBundle', () => {
  test('makes a bundle with a signed statement about the digest', async () => {
    const { bundle } = await signBundle(signing);
    const { dsseEnvelope, ...rest } = jsonOf(bundle);
    const hint = Buffer.from(signing.key.publicKey.fingerprint, 'hex').toString('base64');
    expect(rest).toEqual({ mediaType: bundleType, verificationMaterial: { publicKey: { hint } } });
    expect(dsseEnvelope).toEqual({
      payload: expect.any(String),
      payloadType: 'application/vnd.in-toto+json',
      signatures: [{ sig: expect.any(String) }],
    });
    const payload = Buffer.from(dsseEnvelope.payload, 'base64');
    const signature = Buffer.from(dsseEnvelope.signatures[0].sig, 'base64');
    expect(verify('sha256', encode(payload), keys.publicKey, signature)).toBe(true);
    expect(jsonOf(payload)).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ digest: { sha256: digestOf('index').slice(7) }, annotations: { commit: '0123abc' } }],
      predicateType: 'https://sigstore.dev/cosign/sign/v1',
      predicate: {},
    });
  });

  test('makes a manifest around it, whose subject is what was signed', async () => {
    const { manifest, mediaType, annotations, bundle } = await signBundle(signing);
    expect(mediaType).toBe('application/vnd.oci.image.manifest.v1+json');
    expect(jsonOf(manifest)).toEqual({
      schemaVersion: 2,
      mediaType,
      artifactType: bundleType,
      config: {
        mediaType: 'application/vnd.oci.empty.v1+json',
        digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
        size: 2,
      },
      layers: [{ mediaType: bundleType, digest: digestOf(bundle), size: bundle.length }],
      subject: signing.descriptor,
      annotations: {
        'dev.sigstore.bundle.content': 'dsse-envelope',
        'dev.sigstore.bundle.predicateType': 'https://sigstore.dev/cosign/sign/v1',
        'org.opencontainers.image.created': '2026-03-04T05:06:07Z',
      },
    });
    expect(jsonOf(manifest).annotations).toEqual(annotations);
  });

  test('writes no annotations where there is no metadata', async () => {
    const { subject } = await statementFor({ metadata: {} });
    expect(subject).toEqual([{ digest: { sha256: digestOf('index').slice(7) } }]);
  });

  test('names the algorithm of the digest', async () => {
    const digest = parseDigest(`sha512:${'ab'.repeat(64)}`) ?? digestOf('');
    const { subject } = await statementFor({ descriptor: { ...signing.descriptor, digest }, metadata: {} });
    expect(subject).toEqual([{ digest: { sha512: 'ab'.repeat(64) } }]);
  });

  test('keeps platform and annotations of the descriptor out of the subject', async () => {
    const extra = { platform: { os: 'linux', architecture: 'amd64' }, annotations: { a: 'b' } };
    const { manifest } = await signBundle({
      ...signing,
      descriptor: { ...signing.descriptor, ...extra },
    });
    expect(jsonOf(manifest).subject).toEqual(signing.descriptor);
  });
});
