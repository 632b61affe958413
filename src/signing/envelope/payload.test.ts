import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../oci/index.ts';
import { SignatureRejected } from '../signed-envelope.ts';
import { createPayload, readPayload } from './payload.ts';

const artifact = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOf('x'), size: 7 };
const payloadOf = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('createPayload', () => {
  test('names type, digest and size, and nothing else of the descriptor', () => {
    const descriptor = {
      ...artifact,
      annotations: { a: 'b' },
      platform: { os: 'linux', architecture: 'amd64' },
    };
    expect(JSON.parse(String(createPayload(descriptor, {})))).toEqual({ targetArtifact: artifact });
  });

  test('puts metadata into the annotations', () => {
    expect(readPayload(createPayload(artifact, { commit: '0123abc' }))).toEqual({
      ...artifact,
      annotations: { commit: '0123abc' },
    });
  });

  test('refuses names that belong to the specification', () => {
    expect(() => createPayload(artifact, { 'io.cncf.notary.x': '1' })).toThrow(
      expect.objectContaining({ code: 'internal', message: expect.stringMatching(/reserved/) }),
    );
  });
});

describe('readPayload', () => {
  test('ignores fields that it does not know', () => {
    expect(readPayload(payloadOf({ targetArtifact: { ...artifact, more: 1 }, more: 2 }))).toEqual(artifact);
  });

  test.each([
    ['no JSON', Buffer.from('{')],
    ['no UTF-8', Buffer.of(0x22, 0xff, 0x22)],
    [
      'a byte order mark',
      Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), payloadOf({ targetArtifact: artifact })]),
    ],
    ['a list', payloadOf([artifact])],
    ['nothing', payloadOf(null)],
    ['no artifact', payloadOf({})],
    ['no type', payloadOf({ targetArtifact: { ...artifact, mediaType: '' } })],
    ['no digest', payloadOf({ targetArtifact: { ...artifact, digest: undefined } })],
    ['an unknown algorithm', payloadOf({ targetArtifact: { ...artifact, digest: 'md5:00' } })],
    ['a negative size', payloadOf({ targetArtifact: { ...artifact, size: -1 } })],
    ['half a byte', payloadOf({ targetArtifact: { ...artifact, size: 0.5 } })],
    ['annotations that are no texts', payloadOf({ targetArtifact: { ...artifact, annotations: { a: 1 } } })],
    [
      'two artifacts',
      Buffer.from(
        `{"targetArtifact":${JSON.stringify(artifact)},"target\\u0041rtifact":${JSON.stringify(artifact)}}`,
      ),
    ],
    [
      'two digests deep inside',
      Buffer.from(`{"targetArtifact":{"digest":"x",${JSON.stringify(artifact).slice(1)}}`),
    ],
  ])('rejects %s', (_, bytes) => {
    expect(() => readPayload(bytes)).toThrow(expect.objectContaining({ reason: 'payload.malformed' }));
  });

  test('rejects any bytes with its reason and nothing else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(() => readPayload(bytes)).toThrow(SignatureRejected);
        },
      ),
    );
  });
});
