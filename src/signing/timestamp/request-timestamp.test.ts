import { AsnConvert } from '@peculiar/asn1-schema';
import { PKIStatus, TimeStampReq } from '@peculiar/asn1-tsp';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  answer,
  openTimestampAuthority,
  reply,
  type StampEdits,
  type TimestampAuthority,
} from '../../../test/fakes/signing/timestamp-authority.ts';
import { requestTimestamp } from './request-timestamp.ts';
import { verifyTimestamp } from './verify-timestamp.ts';

const signature = Uint8Array.from({ length: 64 }, (_, at) => at);
const url = 'https://tsa.example/stamp';
let authority: TimestampAuthority;

beforeAll(async () => {
  authority = await openTimestampAuthority();
});

interface Asked {
  readonly url: string;
  readonly request: Uint8Array;
}

async function ask(answerTo: (request: Uint8Array) => Uint8Array, nonce = new Uint8Array(8)) {
  const asked: Asked[] = [];
  const token = await requestTimestamp(
    {
      url,
      roots: [authority.root.certificate],
      nonce: () => nonce,
      send: async (to, request) => {
        asked.push({ url: to, request });
        return answerTo(request);
      },
    },
    signature,
    'sha384',
  );
  return { token, asked };
}

const honestly = (edits: StampEdits = {}) => ask((request) => answer(authority, request, edits));

describe('requestTimestamp', () => {
  test('asks for the hash of the signature, with certificates and a nonce, and returns a token that verifies', async () => {
    const { token, asked } = await honestly();
    expect(asked.map((one) => one.url)).toEqual([url]);
    const { version, messageImprint, certReq, nonce } = AsnConvert.parse(
      asked[0]?.request ?? new Uint8Array(),
      TimeStampReq,
    );
    expect({ version, certReq, nonce: nonce?.byteLength }).toEqual({ version: 1, certReq: true, nonce: 8 });
    expect(messageImprint.hashAlgorithm.algorithm).toBe('2.16.840.1.101.3.4.2.2');
    expect(messageImprint.hashedMessage.byteLength).toBe(48);
    expect(() => verifyTimestamp({ token, signature, roots: [authority.root.certificate] })).not.toThrow();
  });

  test.each([[Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1)], [new Uint8Array(8).fill(255)]])(
    'makes a positive number of any nonce',
    async (nonce) => {
      const { token } = await ask((request) => answer(authority, request), nonce);
      expect(token.length).toBeGreaterThan(0);
    },
  );

  test.each<readonly [string, (request: Uint8Array) => Uint8Array, RegExp]>([
    ['a refusal', () => reply(PKIStatus.rejection), /refused by the authority with status 2/],
    ['success without a token', () => reply(PKIStatus.granted), /refused/],
    ['no ASN.1', () => Buffer.from('<html>'), /cannot be read/],
    ['nothing', () => new Uint8Array(), /cannot be read/],
    [
      'a token without the nonce',
      (request) => {
        const { messageImprint } = AsnConvert.parse(request, TimeStampReq);
        const asked = new TimeStampReq({ messageImprint });
        return answer(authority, new Uint8Array(AsnConvert.serialize(asked)));
      },
      /another request/,
    ],
    [
      'a token with another nonce',
      (request) => answer(authority, request, { nonce: Uint8Array.of(7).buffer }),
      /another request/,
    ],
  ])('rejects %s', async (_, respond, says) => {
    await expect(ask(respond)).rejects.toMatchObject({
      reason: 'timestamp.wrong',
      message: expect.stringMatching(says),
    });
  });

  test('rejects an authority that does not lead to its root', async () => {
    const other = await openTimestampAuthority();
    await expect(ask((request) => answer(other, request))).rejects.toMatchObject({
      message: expect.stringMatching(/trusted root/),
    });
  });

  test('passes on what sending throws', async () => {
    const gone = new Error('gone');
    await expect(
      ask(() => {
        throw gone;
      }),
    ).rejects.toBe(gone);
  });
});
