import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { Descriptor, Digest } from '../../../src/oci/index.ts';

/** What an honest signer would make a bundle from. */
export interface BundleMaterial {
  readonly privateKey: KeyObject;
  readonly digest: Digest;
}

export type Members = Record<string, unknown>;

/** Each edits what an honest signer would write, at its own moment; a text is taken as the JSON. */
export interface BundleEdits {
  /** Before signing. */
  readonly statement?: (statement: Members) => Members | string;
  /** Makes the signature of the payload. */
  readonly sign?: (payload: Buffer, key: KeyObject) => Uint8Array;
  /** Afterwards. */
  readonly signature?: (signature: Members) => Members | readonly Members[];
  readonly envelope?: (envelope: Members) => Members;
  readonly bundle?: (bundle: Members) => Members | string;
}

const intoto = 'application/vnd.in-toto+json';
const sigstore = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A bundle made by hand, apart from the product's own code: right without edits. */
export function forgeBundle({ privateKey, digest }: BundleMaterial, edits: BundleEdits = {}): Uint8Array {
  const honest = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: digest.slice('sha256:'.length) } }],
    predicateType: 'https://sigstore.dev/cosign/sign/v1',
    predicate: {},
  };
  const payload = toJson(edits.statement?.(honest) ?? honest);
  const raw = edits.sign?.(payload, privateKey) ?? signed(encode(payload), privateKey);
  const signature = { sig: Buffer.from(raw).toString('base64') };
  const envelope = {
    payload: payload.toString('base64'),
    payloadType: intoto,
    signatures: [edits.signature?.(signature) ?? signature].flat(),
  };
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const bundle = {
    mediaType: sigstore,
    verificationMaterial: { publicKey: { hint: createHash('sha256').update(spki).digest('base64') } },
    dsseEnvelope: edits.envelope?.(envelope) ?? envelope,
  };
  return toJson(edits.bundle?.(bundle) ?? bundle);
}

/** The manifest that a bundle is stored with, made by hand. */
export function bundleManifest(subject: Descriptor, bundle: Uint8Array, edits: Members = {}): Uint8Array {
  const describe = (bytes: Uint8Array, mediaType: string) => ({
    mediaType,
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    size: bytes.length,
  });
  return toJson({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: sigstore,
    config: describe(Buffer.from('{}'), 'application/vnd.oci.empty.v1+json'),
    layers: [describe(bundle, sigstore)],
    subject,
    ...edits,
  });
}

function toJson(value: Members | string): Buffer {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

/** The Pre-Authentication Encoding of DSSE. */
export function encode(payload: Buffer, type = intoto): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
}

export function signed(data: Buffer, key: KeyObject, hash = 'sha256'): Buffer {
  return sign(hash, data, key);
}
