import { decode, Tagged } from 'cborg';
import { describe, expect, test } from 'vitest';
import {
  type Chain,
  chainUnder,
  ecKeys,
  issueChain,
  rsaKeys,
} from '../../../test/fakes/signing/certificates.ts';
import type { SigningKey } from '../keys/key-source.ts';
import { type KeySpec, keySpecOf, signRaw } from '../keys/key-spec.ts';
import { createEnvelope } from './create-envelope.ts';
import { openEnvelope } from './open-envelope.ts';

const chain = await issueChain();
const signingTime = new Date('2026-05-01T10:20:30.999Z');
const payload = Buffer.from('{"targetArtifact":{}}');

function keyOf({ leaf, certificates }: Chain): SigningKey {
  const spec = keySpecOf(leaf.privateKey) as KeySpec;
  return { chain: certificates, spec, sign: (data) => signRaw(spec, leaf.privateKey, data) };
}

const common = { payload, key: keyOf(chain), signingTime, signingAgent: 'image-builder/1' };

describe('createEnvelope', () => {
  test('writes a flattened JWS with the headers of the specification', async () => {
    const { bytes, mediaType } = await createEnvelope({ ...common, format: 'jws' });
    const envelope = JSON.parse(Buffer.from(bytes).toString());
    expect(mediaType).toBe('application/jose+json');
    expect(Object.keys(envelope)).toEqual(['payload', 'protected', 'header', 'signature']);
    expect(JSON.parse(Buffer.from(envelope.protected, 'base64url').toString())).toEqual({
      alg: 'ES256',
      cty: 'application/vnd.cncf.notary.payload.v1+json',
      crit: ['io.cncf.notary.signingScheme'],
      'io.cncf.notary.signingScheme': 'notary.x509',
      'io.cncf.notary.signingTime': '2026-05-01T10:20:30Z',
    });
    expect(envelope.header).toEqual({
      x5c: chain.certificates.map(({ rawData }) => Buffer.from(rawData).toString('base64')),
      'io.cncf.notary.signingAgent': 'image-builder/1',
    });
    expect(Buffer.from(envelope.payload, 'base64url')).toEqual(payload);
  });

  test('writes a tagged COSE_Sign1 with the headers of the specification', async () => {
    const { bytes, mediaType } = await createEnvelope({ ...common, format: 'cose' });
    const options = { useMaps: true, tags: Tagged.preserve(1, 18) };
    const message = decode(bytes, options) as Tagged;
    const [header, unprotected, content] = message.value;
    expect([mediaType, message.tag]).toEqual(['application/cose', 18]);
    expect(decode(header, options)).toEqual(
      new Map<unknown, unknown>([
        [1, -7],
        [2, ['io.cncf.notary.signingScheme']],
        [3, 'application/vnd.cncf.notary.payload.v1+json'],
        ['io.cncf.notary.signingScheme', 'notary.x509'],
        ['io.cncf.notary.signingTime', new Tagged(1, Date.parse('2026-05-01T10:20:30Z') / 1000)],
      ]),
    );
    expect(unprotected).toEqual(
      new Map<unknown, unknown>([
        [33, chain.certificates.map(({ rawData }) => new Uint8Array(rawData))],
        ['io.cncf.notary.signingAgent', 'image-builder/1'],
      ]),
    );
    expect(Buffer.from(content)).toEqual(payload);
  });

  test.each(['jws', 'cose'] as const)('is opened again in %s with every kind of key', async (format) => {
    const keys = [ecKeys('P-256'), ecKeys('P-384'), ecKeys('P-521'), await rsaKeys(2048)];
    for (const pair of keys) {
      const key = keyOf(await chainUnder(chain, { keys: pair }));
      const { bytes, mediaType } = await createEnvelope({ ...common, key, format });
      const opened = await openEnvelope(bytes, mediaType);
      expect(opened).toMatchObject({
        format,
        scheme: 'notary.x509',
        signingTime: new Date('2026-05-01T10:20:30Z'),
        signingAgent: 'image-builder/1',
      });
      expect(Buffer.from(opened.payload)).toEqual(payload);
    }
  });

  test.each(['jws', 'cose'] as const)('has the raw signature stamped in %s', async (format) => {
    const token = Uint8Array.of(0xfb, 0xff, 0x00);
    let stamped: Uint8Array | undefined;
    const timestamp = async (signature: Uint8Array, { hash }: KeySpec) => {
      expect(hash).toBe('sha256');
      stamped = signature;
      return token;
    };
    const { bytes, mediaType } = await createEnvelope({ ...common, format, timestamp });
    const opened = await openEnvelope(bytes, mediaType);
    expect(Buffer.from(opened.timestampToken ?? [])).toEqual(Buffer.from(token));
    expect(Buffer.from(opened.signature)).toEqual(Buffer.from(stamped ?? []));
  });

  test('makes nothing when the key or the timestamp fails', async () => {
    const gone = new Error('gone');
    const fail = () => Promise.reject(gone);
    await expect(createEnvelope({ ...common, format: 'jws', timestamp: fail })).rejects.toBe(gone);
    const key = { ...common.key, sign: fail };
    await expect(createEnvelope({ ...common, format: 'cose', key })).rejects.toBe(gone);
  });
});
