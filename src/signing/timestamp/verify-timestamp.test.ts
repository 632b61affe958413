import { readFileSync } from 'node:fs';
import type { Attribute } from '@peculiar/asn1-cms';
import { Accuracy } from '@peculiar/asn1-tsp';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { basicConstraints, issue, issuedAt, rsaKeys } from '../../../test/fakes/signing/certificates.ts';
import { timestampForgeries } from '../../../test/fakes/signing/forgeries-timestamp.ts';
import {
  openTimestampAuthority,
  stamp,
  type TimestampAuthority,
} from '../../../test/fakes/signing/timestamp-authority.ts';
import { parseCertificates } from '../certificates/parse-certificate.ts';
import { SignatureRejected } from '../signed-envelope.ts';
import { verifyTimestamp } from './verify-timestamp.ts';

const signature = Uint8Array.from({ length: 64 }, (_, at) => 255 - at);
let authority: TimestampAuthority;

beforeAll(async () => {
  authority = await openTimestampAuthority();
});

const verify = (token: Uint8Array) =>
  verifyTimestamp({ token, signature, roots: [authority.root.certificate] });

function rejection(token: Uint8Array): unknown {
  try {
    verify(token);
  } catch (error) {
    return error;
  }
  return undefined;
}

const plus = (milliseconds: number) => new Date(issuedAt.getTime() + milliseconds);

describe('verifyTimestamp', () => {
  test('tells when, within the accuracy that the token states', () => {
    const accuracy = new Accuracy({ seconds: 2, millis: 500, micros: 1 });
    const { earliest, latest, chain } = verify(stamp(authority, signature, { accuracy }));
    expect([earliest, latest]).toEqual([plus(-2501), plus(2501)]);
    expect(chain.map(({ subject }) => subject)).toEqual([
      'C=DE, O=Test, CN=TSA',
      'C=DE, O=Test, CN=TSA Root',
    ]);
  });

  test('takes no accuracy for an exact one, but for a second under the baseline policy', () => {
    expect(verify(stamp(authority, signature)).latest).toEqual(issuedAt);
    expect(verify(stamp(authority, signature, { policy: '0.4.0.2023.1.1' })).latest).toEqual(plus(1000));
  });

  test('takes the signed attributes in any order, for DER has one', () => {
    const reverse = (attributes: Attribute[]) => attributes.toReversed();
    expect(verify(stamp(authority, signature, { attributes: reverse })).latest).toEqual(issuedAt);
  });

  test('finds the way to the root over an intermediate of the token, past others of its name', async () => {
    const order = { role: 'authority', subject: 'C=DE, O=Test, CN=TSA Intermediate' } as const;
    const intermediate = await issue({ ...order, issuer: authority.root });
    const [stranger, twin] = await Promise.all([issue(order), issue({ ...order, issuer: authority.root })]);
    const leaf = await issue({ role: 'timestamping', issuer: intermediate });
    const certificates = [stranger, twin, leaf, intermediate].map(({ certificate }) => certificate);
    const token = stamp({ leaf, root: authority.root }, signature, { certificates });
    expect(verify(token).chain).toHaveLength(3);
  });

  test('refuses an intermediate that is no authority', async () => {
    const intermediate = await issue({
      role: 'authority',
      subject: 'CN=No authority',
      issuer: authority.root,
      basicConstraints: basicConstraints(false),
    });
    const leaf = await issue({ role: 'timestamping', issuer: intermediate });
    const certificates = [leaf, intermediate].map(({ certificate }) => certificate);
    const token = stamp({ leaf, root: authority.root }, signature, { certificates });
    expect(rejection(token)).toMatchObject({ reason: 'timestamp.wrong' });
  });

  test('holds for an authority that has expired since', async () => {
    const past = { notBefore: new Date('2001-01-01'), notAfter: new Date('2002-01-01') };
    const root = await issue({ role: 'authority', subject: 'CN=Old root', ...past });
    const leaf = await issue({ role: 'timestamping', subject: 'CN=Old', issuer: root, ...past });
    const token = stamp({ leaf, root }, signature, { genTime: new Date('2001-06-01') });
    const stamped = verifyTimestamp({ token, signature, roots: [root.certificate] });
    expect(stamped.latest).toEqual(new Date('2001-06-01'));
  });

  test('refuses the key of a wrong kind for the algorithm', async () => {
    const leaf = await issue({ role: 'timestamping', issuer: authority.root, keys: await rsaKeys(2048) });
    const token = stamp({ leaf, root: authority.root }, signature);
    expect(rejection(token)).toMatchObject({ message: expect.stringContaining('unsupported algorithm') });
  });

  test.each(timestampForgeries)('rejects a timestamp $title', async ({ make, says }) => {
    const error = rejection(await make(authority, signature));
    expect(error).toBeInstanceOf(SignatureRejected);
    expect(error).toMatchObject({ reason: 'timestamp.wrong', message: expect.stringMatching(says) });
  });

  test('rejects any bytes with a reason and nothing else', () => {
    const token = stamp(authority, signature);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(rejection(bytes)).toBeInstanceOf(SignatureRejected);
      }),
    );
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), (position, change) => {
        const bytes = Uint8Array.from(token);
        const at = position % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ change;
        const error = rejection(bytes);
        if (error) expect(error).toBeInstanceOf(SignatureRejected);
        else expect(verify(bytes).latest).toEqual(issuedAt);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a token that openssl made', () => {
  const fixture = (name: string) =>
    readFileSync(new URL(`../../../test/fixtures/timestamp/${name}`, import.meta.url));
  const roots = parseCertificates(fixture('root.pem').toString());
  const stamped = fixture('signature.bin');

  test.each(['p256', 'rsa'])('of %s is verified', (kind) => {
    const stamp = verifyTimestamp({ token: fixture(`${kind}.token`), signature: stamped, roots });
    expect(stamp.latest.getTime() - stamp.earliest.getTime()).toBe(3000);
    expect(stamp.chain).toHaveLength(2);
  });

  test('belongs to one signature and one root', () => {
    const token = fixture('p256.token');
    const wrong = { reason: 'timestamp.wrong' };
    expect(() => verifyTimestamp({ token, signature, roots })).toThrow(expect.objectContaining(wrong));
    expect(() => verifyTimestamp({ token, signature: stamped, roots: [authority.root.certificate] })).toThrow(
      expect.objectContaining(wrong),
    );
  });
});
