import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { ecKeys, issue, issuedAt, keyUsage, rsaKeys } from '../../../test/fakes/signing/certificates.ts';
import { forgeCose } from '../../../test/fakes/signing/forge-cose.ts';
import { forgeJws, timeText } from '../../../test/fakes/signing/forge-jws.ts';
import { certificateForgeries } from '../../../test/fakes/signing/forgeries-certificates.ts';
import { coseForgeries } from '../../../test/fakes/signing/forgeries-cose.ts';
import { jwsForgeries } from '../../../test/fakes/signing/forgeries-jws.ts';
import { openStage, type Stage } from '../../../test/fakes/signing/forgery.ts';
import { digestOf } from '../../oci/index.ts';
import { SignatureRejected } from '../signed-envelope.ts';
import { envelopeMediaTypes } from './notary-headers.ts';
import { openEnvelope } from './open-envelope.ts';
import { createPayload, readPayload } from './payload.ts';

const { jws: jwsType, cose: coseType } = envelopeMediaTypes;
const payload = createPayload(
  { mediaType: 'application/vnd.oci.image.index.v1+json', digest: digestOf('index'), size: 5 },
  {},
);
let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ payload, signingTime: issuedAt });
});

const rejection = (bytes: Uint8Array, mediaType: string) =>
  openEnvelope(bytes, mediaType).then(
    () => undefined,
    (error: unknown) => error,
  );

describe('openEnvelope', () => {
  test.each(['P-256', 'P-384', 'P-521'] as const)('opens what a key on %s signed', async (curve) => {
    const material = await stage.materialOf({ keys: ecKeys(curve) });
    expect((await openEnvelope(forgeJws(material), jwsType)).format).toBe('jws');
    expect((await openEnvelope(forgeCose(material), coseType)).format).toBe('cose');
  });

  test.each([2048, 3072])('opens what an RSA key of %d bits signed', async (bits) => {
    const material = await stage.materialOf({ keys: await rsaKeys(bits) });
    expect((await openEnvelope(forgeJws(material), jwsType)).format).toBe('jws');
    expect((await openEnvelope(forgeCose(material), coseType)).format).toBe('cose');
  });

  test('tells what was signed, by whom and when', async () => {
    const { material } = stage;
    const opened = await openEnvelope(forgeJws(material), jwsType);
    expect(Buffer.from(opened.payload)).toEqual(Buffer.from(payload));
    expect(opened.scheme).toBe('notary.x509');
    expect(opened.signingTime).toEqual(issuedAt);
    expect(opened.expiry).toBeUndefined();
    expect(opened.chain.map(({ subject }) => subject)).toEqual(material.chain.map(({ subject }) => subject));
    expect(opened.signature).toHaveLength(64);
    expect(opened.signingAgent).toBe('forger/1');
    expect(readPayload(opened.payload).digest).toBe(digestOf('index'));
  });

  test('reads expiry, authentic time and fractions of a second', async () => {
    const [scheme, time, expiry] = ['signingScheme', 'authenticSigningTime', 'expiry'].map(
      (name) => `io.cncf.notary.${name}`,
    ) as [string, string, string];
    const bytes = forgeJws(stage.material, {
      header: ({ alg, cty }) => ({
        alg,
        cty,
        crit: [expiry, time, scheme],
        [scheme]: 'notary.x509.signingAuthority',
        [time]: '2025-05-01T12:00:00.5+02:00',
        [expiry]: '2025-05-01T10:00:01Z',
      }),
      unprotected: (all) => ({ ...all, 'io.cncf.notary.timestampSignature': 'AAAA' }),
    });
    const opened = await openEnvelope(bytes, jwsType);
    expect(opened.scheme).toBe('notary.x509.signingAuthority');
    expect(opened.signingTime).toEqual(new Date('2025-05-01T10:00:00.500Z'));
    expect(opened.expiry).toEqual(new Date('2025-05-01T10:00:01Z'));
    expect(opened.timestampToken).toBeUndefined();
  });

  test('hands over the timestamp that nobody has looked at', async () => {
    const token = Uint8Array.of(1, 2, 3);
    const inJws = forgeJws(stage.material, {
      unprotected: (all) => ({ ...all, 'io.cncf.notary.timestampSignature': 'AQID' }),
    });
    const inCose = forgeCose(stage.material, {
      unprotected: (all) => new Map([...all, ['io.cncf.notary.timestampSignature', token]]),
    });
    expect([...((await openEnvelope(inJws, jwsType)).timestampToken ?? [])]).toEqual([1, 2, 3]);
    expect((await openEnvelope(inCose, coseType)).timestampToken).toEqual(token);
  });

  test('ignores an agent that is no text, and attributes that are not critical', async () => {
    const bytes = forgeJws(stage.material, {
      header: (all) => ({ ...all, 'example.com/x': { deep: [1] } }),
      unprotected: (all) => ({ ...all, 'io.cncf.notary.signingAgent': 7, 'example.com/y': 1 }),
    });
    expect((await openEnvelope(bytes, jwsType)).signingAgent).toBeUndefined();
  });

  test('takes a single self-signed leaf, which is trusted only by itself', async () => {
    const signer = await issue({ subject: 'C=DE, ST=BW, O=Test, CN=Alone' });
    const bytes = forgeJws({ ...stage.material, signer, chain: [signer.certificate] });
    expect((await openEnvelope(bytes, jwsType)).chain).toHaveLength(1);
    const authority = await issue({ keyUsage: keyUsage(['digitalSignature', 'keyCertSign']) });
    const wrong = forgeJws({ ...stage.material, signer: authority, chain: [authority.certificate] });
    expect(await rejection(wrong, jwsType)).toMatchObject({ reason: 'certificate.profile' });
  });

  test('does not look at the time: that is for the trust policy', async () => {
    const past = { notBefore: new Date('2001-01-01'), notAfter: new Date('2001-02-01') };
    const bytes = forgeJws(await stage.materialOf(past));
    expect((await openEnvelope(bytes, jwsType)).chain[0]?.notAfter).toEqual(past.notAfter);
  });
});

describe('openEnvelope rejects', () => {
  test.each([...jwsForgeries, ...coseForgeries, ...certificateForgeries])(
    '$mediaType: $title ($reason)',
    async (forgery) => {
      const error = await rejection(await forgery.make(stage), forgery.mediaType);
      expect(error).toBeInstanceOf(SignatureRejected);
      expect(error).toMatchObject({ reason: forgery.reason });
      if (forgery.says) expect((error as Error).message).toMatch(forgery.says);
    },
  );

  test('an envelope of another media type', async () => {
    const bytes = forgeJws(stage.material);
    for (const mediaType of ['application/json', '', 'constructor', coseType.toUpperCase()])
      expect(await rejection(bytes, mediaType)).toMatchObject({ reason: 'envelope.media-type' });
    expect(await rejection(bytes, coseType)).toMatchObject({ reason: 'envelope.malformed' });
    expect(await rejection(forgeCose(stage.material), jwsType)).toMatchObject({
      reason: 'envelope.malformed',
    });
  });

  test('more than 32 MiB unread', async () => {
    const error = await rejection(new Uint8Array(32 * 1024 * 1024 + 1), jwsType);
    expect(error).toMatchObject({ reason: 'envelope.malformed', message: expect.stringMatching(/at most/) });
  });

  test('nests and repetitions that are made to exhaust it', async () => {
    const deep = (open: string) => Buffer.from(`{"header":${open.repeat(200_000)}`);
    for (const bytes of [deep('['), deep('{"a":'), deep('"\\'), Buffer.from(`"${'\\n'.repeat(500_000)}"`)])
      expect(await rejection(bytes, jwsType)).toMatchObject({ reason: 'envelope.malformed' });
    for (const byte of [0x81, 0xa1, 0xc1, 0xd2, 0x9b, 0x5b])
      expect(await rejection(new Uint8Array(200_000).fill(byte), coseType)).toMatchObject({
        reason: 'envelope.malformed',
      });
  });

  test('any bytes, with a reason and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom(jwsType, coseType),
        async (bytes, type) => {
          expect(await rejection(bytes, type)).toBeInstanceOf(SignatureRejected);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('every envelope with one byte changed in a place that matters', async () => {
    const whole = { [jwsType]: forgeJws(stage.material), [coseType]: forgeCose(stage.material) };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(jwsType, coseType),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (type, position, change) => {
          const bytes = Uint8Array.from(whole[type] ?? []);
          const at = position % bytes.length;
          bytes[at] = (bytes[at] ?? 0) ^ change;
          const error = await rejection(bytes, type);
          if (error === undefined) {
            const opened = await openEnvelope(bytes, type);
            expect(Buffer.from(opened.payload)).toEqual(Buffer.from(payload));
            expect(opened.signingTime).toEqual(issuedAt);
          } else expect(error).toBeInstanceOf(SignatureRejected);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('times in an envelope of the tests are whole seconds', () => {
  expect(timeText(issuedAt)).toBe(issuedAt.toISOString().replace('.000', ''));
});
