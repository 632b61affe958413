import { constants, sign } from 'node:crypto';
import { encode, Tagged } from 'cborg';
import { rsaKeys } from './certificates.ts';
import { type CoseMap, epoch, forgeCose } from './forge-cose.ts';
import { cose, type Forgery } from './forgery.ts';
import { signRightly } from './raw-signature.ts';

const scheme = 'io.cncf.notary.signingScheme';
const signingTime = 'io.cncf.notary.signingTime';
const expiry = 'io.cncf.notary.expiry';
const timestamp = 'io.cncf.notary.timestampSignature';

const having = (map: CoseMap, ...entries: readonly (readonly [number | string, unknown])[]) =>
  new Map([...map, ...entries]);
const without = (map: CoseMap, label: number | string) => new Map([...map].filter(([key]) => key !== label));
const bytes = (...parts: readonly (Uint8Array | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const form: readonly Forgery[] = [
  cose(
    { title: 'a message without its tag', reason: 'envelope.malformed', says: /tagged/ },
    {
      message: (parts) => parts,
    },
  ),
  cose(
    { title: 'the tag of several signatures', reason: 'envelope.malformed' },
    {
      message: (parts) => new Tagged(98, parts),
    },
  ),
  cose(
    { title: 'five parts', reason: 'envelope.malformed', says: /5 parts/ },
    {
      message: (parts) => new Tagged(18, [...parts, 0]),
    },
  ),
  cose(
    { title: 'an array of no stated length', reason: 'envelope.malformed' },
    {
      bytes: (all) => bytes([0xd2, 0x9f], all.subarray(2), [0xff]),
    },
  ),
  cose(
    {
      title: 'a length in more bytes than it needs',
      reason: 'envelope.malformed',
    },
    {
      bytes: (all) => bytes([0xd2, 0x98, 0x04], all.subarray(2)),
    },
  ),
  cose(
    { title: 'bytes after the message', reason: 'envelope.malformed' },
    {
      bytes: (all) => bytes(all, [0]),
    },
  ),
  cose(
    { title: 'half a message', reason: 'envelope.malformed' },
    {
      bytes: (all) => all.subarray(0, all.length >> 1),
    },
  ),
  cose(
    { title: 'a protected header that has alg twice', reason: 'envelope.malformed' },
    {
      header: (all) => {
        const encoded = encode(all);
        return bytes([(encoded[0] ?? 0) + 1], encode(1), encode(-257), encoded.subarray(1));
      },
    },
  ),
  cose(
    {
      title: 'a header on both sides',
      reason: 'envelope.malformed',
      says: /unprotected side/,
      differs: 'notation does not look for what RFC 9052 forbids',
    },
    {
      unprotected: (all) => having(all, [1, -257]),
    },
  ),
  cose(
    { title: 'one certificate that is not in a list', reason: 'envelope.malformed', says: /x5chain/ },
    {
      unprotected: (all) => having(all, [33, (all.get(33) as Uint8Array[])[0]]),
    },
  ),
  cose(
    { title: 'the certificates on the protected side only', reason: 'envelope.malformed', says: /x5chain/ },
    ({ material }) => ({
      header: (all) => having(all, [33, material.chain.map(({ rawData }) => new Uint8Array(rawData))]),
      unprotected: (all) => without(all, 33),
    }),
  ),
  cose(
    { title: 'a payload that lies elsewhere', reason: 'envelope.malformed', says: /payload/ },
    {
      message: ([header, unprotected, , signature]) => new Tagged(18, [header, unprotected, null, signature]),
    },
  ),
  cose(
    { title: 'a signature that is a text', reason: 'envelope.malformed' },
    {
      message: ([header, unprotected, payload]) => new Tagged(18, [header, unprotected, payload, 'text']),
    },
  ),
  cose(
    {
      title: 'a timestamp that is a text',
      reason: 'envelope.malformed',
      differs: 'notation takes it for no timestamp when its policy does not ask for one',
    },
    { unprotected: (all) => having(all, [timestamp, 'text']) },
  ),
];

const content: readonly Forgery[] = [
  cose(
    { title: 'a signature over another context', reason: 'signature.wrong' },
    {
      structure: ([, ...rest]) => ['Signature', ...rest],
    },
  ),
  cose(
    { title: 'a signature with external data', reason: 'signature.wrong' },
    {
      structure: ([context, header, , payload]) => [context, header, Uint8Array.of(1), payload],
    },
  ),
  cose(
    { title: 'another payload than was signed', reason: 'signature.wrong' },
    {
      message: ([header, unprotected, , signature]) =>
        new Tagged(18, [header, unprotected, new TextEncoder().encode('{}'), signature]),
    },
  ),
  cose({ title: 'half a signature', reason: 'signature.wrong' }, ({ material }) => ({
    sign: (data) => signRightly(material.signer.privateKey, data).subarray(0, 32),
  })),
  {
    title: 'an RSA signature with the longest salt in COSE',
    mediaType: 'application/cose',
    reason: 'signature.wrong',
    make: async (stage) => {
      const material = await stage.materialOf({ keys: await rsaKeys(2048) });
      const key = { key: material.signer.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING };
      return forgeCose(material, { sign: (data) => sign('sha256', data, key) });
    },
  },
  cose(
    { title: 'the algorithm of another curve', reason: 'envelope.algorithm' },
    {
      header: (all) => having(all, [1, -35]),
    },
  ),
  cose(
    { title: 'an algorithm in words', reason: 'envelope.algorithm' },
    {
      header: (all) => having(all, [1, 'ES256']),
    },
  ),
  cose(
    { title: 'a content type by number', reason: 'envelope.content-type' },
    {
      header: (all) => having(all, [3, 50]),
    },
  ),
  cose(
    {
      title: 'an unknown critical header',
      reason: 'envelope.critical-header',
      differs: 'notation accepts what it does not know when no plugin is named; the specification forbids it',
    },
    { header: (all) => having(all, [2, [scheme, 'example.com/x']], ['example.com/x', 1]) },
  ),
  cose(
    {
      title: 'the content type as critical header',
      reason: 'envelope.critical-header',
      differs: 'notation does not look for labels that the specification keeps out of the list',
    },
    { header: (all) => having(all, [2, [scheme, 3]]) },
  ),
  cose({ title: 'an expiry that is not critical', reason: 'envelope.critical-header' }, ({ material }) => ({
    header: (all) => having(all, [expiry, epoch(new Date(material.signingTime.getTime() + 1e6))]),
  })),
  cose(
    { title: 'a scheme that is a number', reason: 'envelope.scheme' },
    {
      header: (all) => having(all, [scheme, 1]),
    },
  ),
  cose({ title: 'a signing time without its tag', reason: 'envelope.signing-time' }, ({ material }) => ({
    header: (all) => having(all, [signingTime, Math.floor(material.signingTime.getTime() / 1000)]),
  })),
  cose(
    { title: 'a signing time as a text', reason: 'envelope.malformed' },
    {
      header: (all) => having(all, [signingTime, new Tagged(0, '2025-05-01T00:00:00Z')]),
    },
  ),
  cose({ title: 'an expiry before the signing time', reason: 'envelope.signing-time' }, ({ material }) => ({
    header: (all) =>
      having(all, [2, [scheme, expiry]], [expiry, epoch(new Date(material.signingTime.getTime() - 1e6))]),
  })),
];

/** Damage to what is particular to COSE. */
export const coseForgeries: readonly Forgery[] = [...form, ...content];
