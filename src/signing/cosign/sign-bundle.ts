import { rfc3339 } from '../../core/index.ts';
import { type Descriptor, digestHex, mediaTypes } from '../../oci/index.ts';
import { signatureManifest } from '../signature-manifest.ts';
import {
  bundleType,
  payloadType,
  preAuthEncoding,
  predicateAnnotation,
  signaturePredicate,
  statementType,
} from './bundle-format.ts';
import type { CosignKey } from './cosign-key.ts';

export interface BundleSigning {
  readonly key: CosignKey;
  /** What is signed. */
  readonly descriptor: Descriptor;
  /** Goes into the signed statement, where `cosign verify --annotations` looks for it. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly signingTime: Date;
}

/** What is to be stored beside the artifact: the blobs `emptyConfig` and `bundle`, and the manifest. */
export interface CosignSignature {
  readonly manifest: Uint8Array;
  /** Of the manifest. */
  readonly mediaType: string;
  /** Of the manifest. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly bundle: Uint8Array;
}

/** Signs an artifact as cosign 3 does with a key: an in-toto statement in a DSSE envelope in a Sigstore bundle. */
export async function signBundle({
  key,
  descriptor,
  metadata,
  signingTime,
}: BundleSigning): Promise<CosignSignature> {
  const payload = createStatement(descriptor, metadata);
  const signature = await key.sign(preAuthEncoding(payload));
  const bundle = Buffer.from(
    JSON.stringify({
      mediaType: bundleType,
      verificationMaterial: { publicKey: { hint: base64(Buffer.from(key.publicKey.fingerprint, 'hex')) } },
      // Cosign rejects a signature that names its key here.
      dsseEnvelope: { payload: base64(payload), payloadType, signatures: [{ sig: base64(signature) }] },
    }),
  );
  const annotations = {
    'dev.sigstore.bundle.content': 'dsse-envelope',
    [predicateAnnotation]: signaturePredicate,
    'org.opencontainers.image.created': rfc3339(signingTime),
  };
  const layer = { bytes: bundle, mediaType: bundleType };
  const manifest = signatureManifest({ artifactType: bundleType, subject: descriptor, layer, annotations });
  return { manifest, mediaType: mediaTypes.ociManifest, annotations, bundle };
}

function createStatement({ digest }: Descriptor, metadata: BundleSigning['metadata']): Uint8Array {
  const [algorithm = ''] = digest.split(':');
  const annotations = Object.keys(metadata).length === 0 ? {} : { annotations: metadata };
  const statement = {
    _type: statementType,
    subject: [{ digest: { [algorithm]: digestHex(digest) }, ...annotations }],
    predicateType: signaturePredicate,
    predicate: {},
  };
  return Buffer.from(JSON.stringify(statement));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
