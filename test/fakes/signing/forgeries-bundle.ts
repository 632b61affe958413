import { createHash, sign } from 'node:crypto';
import type { RejectionReason } from '../../../src/signing/index.ts';
import { type BundleEdits, encode, type Members, signed } from './forge-bundle.ts';

/** One attack: a bundle that must not be accepted, and why. */
export interface BundleForgery {
  /** What was done, in a few words. */
  readonly title: string;
  readonly reason: RejectionReason;
  /** Why cosign accepts it although we do not; absent: cosign rejects it too. */
  readonly differs?: string | undefined;
  readonly edits: BundleEdits;
}

type Table<T> = Readonly<Record<string, T>>;

function without(members: Members, name: string): Members {
  return Object.fromEntries(Object.entries(members).filter(([key]) => key !== name));
}

function flipped(text: unknown): string {
  const bytes = Buffer.from(String(text), 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString('base64');
}

const anotherDigest = createHash('sha256').update('another').digest('hex');
const subjectOf = (statement: Members) => (statement.subject as { digest: { sha256: string } }[])[0];
const digestText = (statement: Members) => subjectOf(statement)?.digest.sha256 ?? '';

/** By the reason that we give and a title. */
const attacks: Readonly<Partial<Record<RejectionReason, Table<BundleEdits>>>> = {
  'signature.wrong': {
    'one bit of the signature': { signature: ({ sig }) => ({ sig: flipped(sig) }) },
    'an empty signature': { signature: () => ({ sig: '' }) },
    'a statement that was exchanged after signing': {
      sign: (payload, key) => signed(encode(Buffer.from(`${payload} `)), key),
    },
    'a signature over the bare statement': { sign: signed },
    'a signature over the statement as another type': {
      sign: (payload, key) => signed(encode(payload, 'text/plain'), key),
    },
    'a signature with SHA-512': { sign: (payload, key) => signed(encode(payload), key, 'sha512') },
    'a signature in the form of JWS': {
      sign: (payload, key) => sign('sha256', encode(payload), { key, dsaEncoding: 'ieee-p1363' }),
    },
  },
  'envelope.malformed': {
    'no signature at all': { signature: () => [] },
    'two signatures': { signature: (one) => [one, one] },
    'a wrong signature before the right one': { signature: (one) => [{ sig: flipped(one.sig) }, one] },
    'a signature that names its key': { signature: (one) => ({ ...one, keyid: 'mine' }) },
    'a payload in base64url': {
      statement: (all) => ({ ...all, predicate: { text: '???>>>' } }),
      envelope: (all) => ({
        ...all,
        payload: Buffer.from(String(all.payload), 'base64').toString('base64url'),
      }),
    },
    'a payload with a line break': { envelope: (all) => ({ ...all, payload: `${all.payload}\n` }) },
    'a further member of the envelope': { envelope: (all) => ({ ...all, extra: 1 }) },
    'a further member of the bundle': { bundle: (all) => ({ ...all, extra: 1 }) },
    'a bundle that is no JSON': { bundle: (all) => JSON.stringify(all).slice(1) },
    'a second bundle behind the first': { bundle: (all) => JSON.stringify(all).repeat(2) },
    'two envelopes under one name': {
      bundle: (all) =>
        JSON.stringify(all).replace(/\}$/, `,"dsseEnvelope":${JSON.stringify(all.dsseEnvelope)}}`),
    },
    'a bundle without verification material': { bundle: (all) => without(all, 'verificationMaterial') },
    'a further member of the verification material': {
      bundle: (all) => ({ ...all, verificationMaterial: { publicKey: {}, extra: 1 } }),
    },
    'a further member of the public key': {
      bundle: (all) => ({ ...all, verificationMaterial: { publicKey: { extra: 1 } } }),
    },
    'a public key that is nothing': {
      bundle: (all) => ({ ...all, verificationMaterial: { publicKey: null } }),
    },
    'a signature of the artifact in the place of the envelope': {
      bundle: ({ dsseEnvelope: _, ...all }) => ({
        ...all,
        messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest: 'AAAA' }, signature: 'AAAA' },
      }),
    },
  },
  'envelope.content-type': {
    'a payload of another type': { envelope: (all) => ({ ...all, payloadType: 'text/plain' }) },
    'a payload that is signed as another type': {
      sign: (payload, key) => signed(encode(payload, 'text/plain'), key),
      envelope: (all) => ({ ...all, payloadType: 'text/plain' }),
    },
  },
  'envelope.media-type': {
    'an old version of the bundle': {
      bundle: (all) => ({ ...all, mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.2' }),
    },
    'a bundle without a type': { bundle: (all) => without(all, 'mediaType') },
  },
  'envelope.scheme': {
    'verification material with nothing in it': { bundle: (all) => ({ ...all, verificationMaterial: {} }) },
    'a certificate beside the key': {
      bundle: (all) => ({
        ...all,
        verificationMaterial: { publicKey: {}, certificate: { rawBytes: 'MAA=' } },
      }),
    },
    'a certificate in the place of the key': {
      bundle: (all) => ({ ...all, verificationMaterial: { certificate: { rawBytes: 'MAA=' } } }),
    },
  },
  'payload.mismatch': {
    'a statement about another artifact': {
      statement: (all) => ({ ...all, subject: [{ digest: { sha256: anotherDigest } }] }),
    },
    'a digest in capitals': {
      statement: (all) => ({ ...all, subject: [{ digest: { sha256: digestText(all).toUpperCase() } }] }),
    },
    'a digest of another algorithm': {
      statement: (all) => ({ ...all, subject: [{ digest: { sha512: digestText(all) } }] }),
    },
    'a digest with its algorithm before it': {
      statement: (all) => ({ ...all, subject: [{ digest: { sha256: `sha256:${digestText(all)}` } }] }),
    },
  },
  'payload.malformed': {
    'a statement without subjects': { statement: (all) => ({ ...all, subject: [] }) },
    'a subject without a digest': { statement: (all) => ({ ...all, subject: [{ name: 'image' }] }) },
    'a statement of another type': {
      statement: (all) => ({ ...all, _type: 'https://in-toto.io/Statement/v0.1' }),
    },
    'a statement without a type of predicate': { statement: (all) => without(all, 'predicateType') },
    'a statement that is no JSON': { statement: () => 'sha256' },
    'a statement with two lists of subjects': {
      statement: (all) =>
        JSON.stringify(all).replace('{', `{"subject":[{"digest":{"sha256":"${anotherDigest}"}}],`),
    },
    'a further member of the statement': { statement: (all) => ({ ...all, extra: 1 }) },
    'a further member of a subject': {
      statement: (all) => ({ ...all, subject: [{ ...subjectOf(all), extra: 1 }] }),
    },
    'a predicate that is a text': { statement: (all) => ({ ...all, predicate: 'none' }) },
    'annotations that are a list': {
      statement: (all) => ({ ...all, subject: [{ ...subjectOf(all), annotations: ['a'] }] }),
    },
  },
};

/** Why cosign accepts some of them, by title. */
const differences: Table<string> = {
  'a signature in the form of JWS': 'cosign takes ECDSA signatures in either form',
  'a payload in base64url': 'cosign reads either alphabet of base64',
  'a payload with a line break': 'cosign skips line breaks in base64',
  'a statement of another type': 'cosign does not look at the type of the statement',
  'a statement without a type of predicate':
    'cosign counts every statement of the key as a signature, whatever it says',
};

/** Every one is signed with a key that both sides trust. */
export const bundleForgeries: readonly BundleForgery[] = Object.entries(attacks).flatMap(([reason, table]) =>
  Object.entries(table).map(([title, edits]) => ({
    title,
    reason: reason as RejectionReason,
    differs: differences[title],
    edits,
  })),
);
