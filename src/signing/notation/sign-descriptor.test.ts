import { describe, expect, test } from 'vitest';
import { chainUnder, ecKeys, issueChain, issuedAt } from '../../../test/fakes/signing/certificates.ts';
import { digestOf, emptyConfig } from '../../oci/index.ts';
import { thumbprintOf } from '../certificates/thumbprint.ts';
import { openEnvelope } from '../envelope/open-envelope.ts';
import { readPayload } from '../envelope/payload.ts';
import { type KeySpec, keySpecOf, signRaw } from '../keys/key-spec.ts';
import { SignatureRejected } from '../signed-envelope.ts';
import { type NotationSigning, signDescriptor } from './sign-descriptor.ts';

const chain = await issueChain();
const { privateKey } = chain.leaf;
const spec = keySpecOf(privateKey) as KeySpec;
const descriptor = {
  mediaType: 'application/vnd.docker.distribution.manifest.list.v2+json',
  digest: digestOf('list'),
  size: 4,
};
const signing: NotationSigning = {
  signer: 'own',
  key: { chain: chain.certificates, spec, sign: (data) => signRaw(spec, privateKey, data) },
  format: 'jws',
  descriptor,
  metadata: { commit: '0123abc' },
  signingTime: issuedAt,
  signingAgent: 'image-builder/1',
};

describe('signDescriptor', () => {
  test.each([
    ['jws', 'application/jose+json'],
    ['cose', 'application/cose'],
  ] as const)('makes a manifest around an envelope in %s', async (format, layerType) => {
    const { manifest, mediaType, envelope } = await signDescriptor({ ...signing, format });
    expect(mediaType).toBe('application/vnd.oci.image.manifest.v1+json');
    expect(envelope.mediaType).toBe(layerType);
    expect(JSON.parse(String(manifest))).toEqual({
      schemaVersion: 2,
      mediaType,
      artifactType: 'application/vnd.cncf.notary.signature',
      config: {
        mediaType: 'application/vnd.oci.empty.v1+json',
        digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
        size: 2,
      },
      layers: [{ mediaType: layerType, digest: digestOf(envelope.bytes), size: envelope.bytes.length }],
      subject: descriptor,
      annotations: {
        'io.cncf.notary.x509chain.thumbprint#S256': JSON.stringify(chain.certificates.map(thumbprintOf)),
        'org.opencontainers.image.created': issuedAt.toISOString().replace('.000', ''),
      },
    });
    const { payload } = await openEnvelope(envelope.bytes, envelope.mediaType);
    expect(readPayload(payload)).toEqual({ ...descriptor, annotations: { commit: '0123abc' } });
  });

  test('names the configuration by what it is', () => {
    expect(digestOf(emptyConfig.bytes)).toMatch(/^sha256:44136fa3/);
  });

  test('keeps platform and annotations of the descriptor out of subject and payload', async () => {
    const extra = { platform: { os: 'linux', architecture: 'amd64' }, annotations: { a: 'b' } };
    const { manifest } = await signDescriptor({ ...signing, descriptor: { ...descriptor, ...extra } });
    expect(JSON.parse(String(manifest)).subject).toEqual(descriptor);
  });

  test('refuses to sign outside the validity of a certificate, which verifiers may not notice', async () => {
    const year = 366 * 24 * 3600 * 1000;
    for (const signingTime of [new Date(issuedAt.getTime() - year), new Date(issuedAt.getTime() + year)])
      await expect(signDescriptor({ ...signing, signingTime })).rejects.toMatchObject({
        code: 'signing.failed',
        message: expect.stringMatching(
          /^signer "own": certificate ".*" (?:expired at|is valid from).* the time of signing is/,
        ),
        details: { signer: 'own', failed: [descriptor.digest] },
      });
  });

  test('refuses what a key gives back when it is not of the leaf', async () => {
    const other = ecKeys().privateKey;
    const key = { ...signing.key, sign: (data: Uint8Array) => signRaw(spec, other, data) };
    await expect(signDescriptor({ ...signing, key })).rejects.toMatchObject({
      code: 'signing.failed',
      message: expect.stringMatching(/signature does not fit/),
      cause: expect.objectContaining({ reason: 'signature.wrong' }),
    });
  });

  test('refuses a chain that verifiers would refuse', async () => {
    const unfit = await chainUnder(chain, { keys: { privateKey, publicKey: ecKeys().publicKey } });
    for (const certificates of [chain.certificates.slice(0, 2), unfit.certificates]) {
      const key = { ...signing.key, chain: certificates };
      await expect(signDescriptor({ ...signing, key })).rejects.toMatchObject({ code: 'signing.failed' });
    }
  });

  test('says when the timestamping authority is of no use, and passes on when it is down', async () => {
    const useless = new SignatureRejected('timestamp.wrong', 'timestamp was refused');
    const down = new Error('down');
    const failing = (error: Error) => signDescriptor({ ...signing, timestamp: () => Promise.reject(error) });
    await expect(failing(useless)).rejects.toMatchObject({
      code: 'signing.failed',
      message: 'signer "own": timestamp was refused',
    });
    await expect(failing(down)).rejects.toBe(down);
  });
});
