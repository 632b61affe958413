import { constants, createHmac, sign } from 'node:crypto';
import { ecKeys, rsaKeys } from './certificates.ts';
import { forgeJws, timeText } from './forge-jws.ts';
import { type Forgery, jws, type Stage } from './forgery.ts';
import { nativeKeyOf } from './native-key.ts';
import { signRightly } from './raw-signature.ts';

const scheme = 'io.cncf.notary.signingScheme';
const signingTime = 'io.cncf.notary.signingTime';
const authenticTime = 'io.cncf.notary.authenticSigningTime';
const expiry = 'io.cncf.notary.expiry';
const plugin = 'io.cncf.notary.verificationPlugin';
const pluginVersion = 'io.cncf.notary.verificationPluginMinVersion';

const json = JSON.stringify;
const flip = (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, at) => (at === 9 ? byte ^ 1 : byte));
const later = ({ material }: Stage, seconds: number) =>
  timeText(new Date(material.signingTime.getTime() + seconds * 1000));
const without = (members: Record<string, unknown>, name: string) =>
  Object.fromEntries(Object.entries(members).filter(([key]) => key !== name));

const form: readonly Forgery[] = [
  jws(
    { title: 'the general serialization with two signatures', reason: 'envelope.malformed' },
    {
      envelope: ({ payload, ...one }) => ({ payload, signatures: [one, one] }),
    },
  ),
  jws(
    { title: 'the compact serialization', reason: 'envelope.malformed' },
    {
      envelope: (all) => `${all.protected}.${all.payload}.${all.signature}`,
    },
  ),
  jws(
    {
      title: 'a fifth member',
      reason: 'envelope.malformed',
      differs: 'notation ignores members that the specification does not support',
    },
    { envelope: (all) => ({ ...all, extra: 1 }) },
  ),
  jws(
    {
      title: 'a payload that is there twice',
      reason: 'envelope.malformed',
      says: /twice/,
      differs: 'notation takes the last of two members with one name',
    },
    { envelope: (all) => json(all).replace('{', '{"payload":"e30",') },
  ),
  jws(
    {
      title: 'a protected header that names alg twice',
      reason: 'envelope.malformed',
      says: /twice/,
      differs: 'notation takes the last of two members with one name',
    },
    { header: (all) => json(all).replace('{', '{"\\u0061lg":"none",') },
  ),
  jws(
    { title: 'base64 with padding', reason: 'envelope.malformed', says: /base64url/ },
    {
      envelope: (all) => ({ ...all, payload: `${all.payload}=` }),
    },
  ),
  jws({ title: 'a protected header that is no JSON', reason: 'envelope.malformed' }, { header: () => '{' }),
  jws({ title: 'a protected header that is a list', reason: 'envelope.malformed' }, { header: () => '[]' }),
  jws(
    { title: 'bytes after the envelope', reason: 'envelope.malformed' },
    {
      envelope: (all) => `${json(all)}}`,
    },
  ),
  jws(
    { title: 'no certificates', reason: 'envelope.malformed', says: /x5c/ },
    {
      unprotected: (all) => without(all, 'x5c'),
    },
  ),
  jws(
    { title: 'an empty list of certificates', reason: 'certificate.chain' },
    {
      unprotected: (all) => ({ ...all, x5c: [] }),
    },
  ),
  jws({ title: 'certificates in PEM', reason: 'envelope.malformed' }, ({ material }) => ({
    unprotected: (all) => ({ ...all, x5c: material.chain.map((one) => one.toString('pem')) }),
  })),
  jws(
    {
      title: 'a header on both sides',
      reason: 'envelope.malformed',
      says: /unprotected side/,
      differs: 'notation does not look for what RFC 7515 forbids',
    },
    { unprotected: (all) => ({ ...all, alg: 'none' }) },
  ),
  jws({ title: 'no payload', reason: 'envelope.malformed', says: /no payload/ }, ({ material }) => ({
    envelope: (all) => {
      const signature = signRightly(material.signer.privateKey, Buffer.from(`${all.protected}.`));
      return { ...all, payload: '', signature: Buffer.from(signature).toString('base64url') };
    },
  })),
];

const signature: readonly Forgery[] = [
  jws({ title: 'a bit of the signature flipped', reason: 'signature.wrong' }, ({ material }) => ({
    sign: (data) => flip(signRightly(material.signer.privateKey, data)),
  })),
  jws(
    { title: 'another payload than was signed', reason: 'signature.wrong' },
    {
      envelope: (all) => ({ ...all, payload: Buffer.from('{}').toString('base64url') }),
    },
  ),
  jws(
    { title: 'a header written anew after signing', reason: 'signature.wrong' },
    {
      envelope: (all) => {
        const header = Buffer.from(String(all.protected), 'base64url').toString();
        return { ...all, protected: Buffer.from(`${header} `).toString('base64url') };
      },
    },
  ),
  jws(
    { title: "the signature of somebody else's key", reason: 'signature.wrong' },
    {
      sign: (data) => signRightly(ecKeys().privateKey, data),
    },
  ),
  jws({ title: 'an ECDSA signature in DER', reason: 'signature.wrong' }, ({ material }) => ({
    sign: (data) => sign('sha256', data, material.signer.privateKey),
  })),
  jws(
    { title: 'an empty signature', reason: 'envelope.malformed', says: /no signature/ },
    {
      sign: () => new Uint8Array(),
    },
  ),
  {
    title: 'an RSA signature of PKCS#1 v1.5',
    mediaType: 'application/jose+json',
    reason: 'signature.wrong',
    make: async (stage) => {
      const material = await stage.materialOf({ keys: await rsaKeys(2048) });
      return forgeJws(material, { sign: (data) => sign('sha256', data, material.signer.privateKey) });
    },
  },
  {
    title: 'an RSA signature with the longest salt in JWS',
    mediaType: 'application/jose+json',
    reason: 'signature.wrong',
    differs: 'notation accepts a salt of any length in JWS, RFC 7518 wants the length of the hash',
    make: async (stage) => {
      const material = await stage.materialOf({ keys: await rsaKeys(2048) });
      const key = { key: material.signer.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING };
      return forgeJws(material, { sign: (data) => sign('sha256', data, key) });
    },
  },
];

const algorithm: readonly Forgery[] = [
  jws(
    { title: 'algorithm none', reason: 'envelope.algorithm' },
    {
      header: (all) => ({ ...all, alg: 'none' }),
      sign: () => Uint8Array.of(0),
    },
  ),
  jws({ title: 'no algorithm', reason: 'envelope.algorithm' }, { header: (all) => without(all, 'alg') }),
  jws({ title: 'a MAC keyed with the public key', reason: 'envelope.algorithm' }, ({ material }) => ({
    header: (all) => ({ ...all, alg: 'HS256' }),
    sign: (data) =>
      createHmac('sha256', nativeKeyOf(material.signer.certificate).export({ type: 'spki', format: 'der' }))
        .update(data)
        .digest(),
  })),
  jws({ title: 'the algorithm of a larger curve', reason: 'envelope.algorithm' }, ({ material }) => ({
    header: (all) => ({ ...all, alg: 'ES384' }),
    sign: (data) => sign('sha384', data, { key: material.signer.privateKey, dsaEncoding: 'ieee-p1363' }),
  })),
  {
    title: 'the algorithm of a longer RSA key, and signed so',
    mediaType: 'application/jose+json',
    reason: 'envelope.algorithm',
    make: async (stage) => {
      const material = await stage.materialOf({ keys: await rsaKeys(2048) });
      const { privateKey: key } = material.signer;
      return forgeJws(material, {
        header: (all) => ({ ...all, alg: 'PS512' }),
        sign: (data) =>
          sign('sha512', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }),
      });
    },
  },
];

const critical: readonly Forgery[] = [
  jws(
    { title: 'no list of critical headers', reason: 'envelope.critical-header' },
    {
      header: (all) => without(all, 'crit'),
    },
  ),
  jws(
    { title: 'an empty list of critical headers', reason: 'envelope.critical-header' },
    {
      header: (all) => ({ ...all, crit: [] }),
    },
  ),
  jws(
    {
      title: 'an unknown critical header',
      reason: 'envelope.critical-header',
      differs: 'notation accepts what it does not know when no plugin is named; the specification forbids it',
    },
    { header: (all) => ({ ...all, crit: [scheme, 'example.com/x'], 'example.com/x': 1 }) },
  ),
  jws(
    { title: 'a critical header that is not there', reason: 'envelope.critical-header' },
    {
      header: (all) => ({ ...all, crit: [scheme, expiry] }),
    },
  ),
  jws(
    { title: 'the signing time as critical header', reason: 'envelope.critical-header' },
    {
      header: (all) => ({ ...all, crit: [scheme, signingTime] }),
    },
  ),
  jws(
    { title: 'a critical header named twice', reason: 'envelope.critical-header' },
    {
      header: (all) => ({ ...all, crit: [scheme, scheme] }),
    },
  ),
  jws(
    { title: 'a text instead of a list of critical headers', reason: 'envelope.critical-header' },
    {
      header: (all) => ({ ...all, crit: scheme }),
    },
  ),
  jws({ title: 'an expiry that is not critical', reason: 'envelope.critical-header' }, (stage) => ({
    header: (all) => ({ ...all, [expiry]: later(stage, 3600) }),
  })),
];

const attributes: readonly Forgery[] = [
  jws(
    { title: 'another content type', reason: 'envelope.content-type' },
    {
      header: (all) => ({ ...all, cty: 'application/json' }),
    },
  ),
  jws(
    { title: 'no content type', reason: 'envelope.content-type' },
    {
      header: (all) => without(all, 'cty'),
    },
  ),
  jws(
    { title: 'an unknown signing scheme', reason: 'envelope.scheme' },
    {
      header: (all) => ({ ...all, [scheme]: 'notary.x509.v2' }),
    },
  ),
  jws({ title: 'no signing scheme', reason: 'envelope.scheme' }, { header: (all) => without(all, scheme) }),
  jws(
    { title: 'a scheme that every object has', reason: 'envelope.scheme' },
    {
      header: (all) => ({ ...all, [scheme]: 'constructor' }),
    },
  ),
  jws(
    { title: 'no signing time', reason: 'envelope.signing-time' },
    {
      header: (all) => without(all, signingTime),
    },
  ),
  jws(
    { title: 'a signing time in other words', reason: 'envelope.signing-time' },
    {
      header: (all) => ({ ...all, [signingTime]: '1 May 2025' }),
    },
  ),
  jws(
    { title: 'a signing time on a day that never was', reason: 'envelope.signing-time' },
    {
      header: (all) => ({ ...all, [signingTime]: '2025-02-30T00:00:00Z' }),
    },
  ),
  jws({ title: 'an authentic time under the wrong scheme', reason: 'envelope.signing-time' }, (stage) => ({
    header: (all) => ({ ...all, [authenticTime]: later(stage, 0), crit: [scheme, authenticTime] }),
  })),
  jws(
    { title: 'a signing authority without its authentic time', reason: 'envelope.signing-time' },
    {
      header: (all) => ({ ...without(all, signingTime), [scheme]: 'notary.x509.signingAuthority' }),
    },
  ),
  jws({ title: 'a signing authority with both times', reason: 'envelope.signing-time' }, (stage) => ({
    header: (all) => ({
      ...all,
      [scheme]: 'notary.x509.signingAuthority',
      [authenticTime]: later(stage, 0),
      crit: [scheme, authenticTime],
    }),
  })),
  jws({ title: 'an expiry before the signing time', reason: 'envelope.signing-time' }, (stage) => ({
    header: (all) => ({ ...all, crit: [scheme, expiry], [expiry]: later(stage, -1) }),
  })),
  jws({ title: 'an expiry at the signing time', reason: 'envelope.signing-time' }, (stage) => ({
    header: (all) => ({ ...all, crit: [scheme, expiry], [expiry]: later(stage, 0) }),
  })),
  jws(
    { title: 'an expiry that is no time', reason: 'envelope.signing-time' },
    {
      header: (all) => ({ ...all, crit: [scheme, expiry], [expiry]: 4_000_000_000 }),
    },
  ),
  jws(
    { title: 'a verification plugin', reason: 'envelope.plugin' },
    {
      header: (all) => ({ ...all, crit: [scheme, plugin], [plugin]: 'example.com.nobody' }),
    },
  ),
  jws(
    {
      title: 'the least version of a plugin that is not named',
      reason: 'envelope.plugin',
      differs: 'notation looks at the version only when a plugin is named',
    },
    { header: (all) => ({ ...all, crit: [scheme, pluginVersion], [pluginVersion]: '9.0.0' }) },
  ),
];

/** Damage to what is particular to JWS, and to the attributes that both formats have. */
export const jwsForgeries: readonly Forgery[] = [
  ...form,
  ...signature,
  ...algorithm,
  ...critical,
  ...attributes,
];
