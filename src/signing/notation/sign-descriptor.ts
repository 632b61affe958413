import { ImageBuilderError, rfc3339 } from '../../core/index.ts';
import { type Descriptor, mediaTypes } from '../../oci/index.ts';
import { thumbprintOf } from '../certificates/thumbprint.ts';
import { validityFault } from '../certificates/validity.ts';
import { createEnvelope, type Envelope, type EnvelopeOptions } from '../envelope/create-envelope.ts';
import { openEnvelope } from '../envelope/open-envelope.ts';
import { createPayload } from '../envelope/payload.ts';
import { signatureManifest } from '../signature-manifest.ts';
import { SignatureRejected } from '../signed-envelope.ts';

export const notationArtifactType = 'application/vnd.cncf.notary.signature';
const thumbprintAnnotation = 'io.cncf.notary.x509chain.thumbprint#S256';

export interface NotationSigning
  extends Pick<EnvelopeOptions, 'key' | 'format' | 'signingTime' | 'signingAgent' | 'timestamp'> {
  /** Name of the signer in the configuration; errors say it. */
  readonly signer: string;
  /** What is signed. */
  readonly descriptor: Descriptor;
  /** Goes into the signed payload. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is to be stored beside the artifact: the two blobs `emptyConfig` and `envelope`, and the manifest. */
export interface NotationSignature {
  readonly manifest: Uint8Array;
  /** Of the manifest. */
  readonly mediaType: string;
  /** Of the manifest. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly envelope: Envelope;
}

/**
 * Signs an artifact as the Notary Project signature specification v1.1 says. The signature is verified before it is
 * returned. Throws `signing.failed` when the key, its certificates or the timestamp are not fit for it.
 */
export async function signDescriptor(signing: NotationSigning): Promise<NotationSignature> {
  const { key, descriptor, metadata, signingTime } = signing;
  const fault = validityFault(key.chain, signingTime);
  if (fault) throw failed(signing, `${fault}, the time of signing is ${rfc3339(signingTime)}`);
  try {
    const envelope = await createEnvelope({ ...signing, payload: createPayload(descriptor, metadata) });
    await openEnvelope(envelope.bytes, envelope.mediaType);
    const annotations = annotationsOf(signing);
    const manifest = signatureManifest({
      artifactType: notationArtifactType,
      subject: descriptor,
      layer: envelope,
      annotations,
    });
    return { manifest, mediaType: mediaTypes.ociManifest, annotations, envelope };
  } catch (cause) {
    if (cause instanceof SignatureRejected) throw failed(signing, cause.message, cause);
    throw cause;
  }
}

function annotationsOf({ key, signingTime }: NotationSigning): NotationSignature['annotations'] {
  return {
    [thumbprintAnnotation]: JSON.stringify(key.chain.map(thumbprintOf)),
    'org.opencontainers.image.created': rfc3339(signingTime),
  };
}

function failed({ signer, descriptor }: NotationSigning, message: string, cause?: unknown) {
  return new ImageBuilderError(
    'signing.failed',
    `signer "${signer}": ${message}`,
    { signer, failed: [descriptor.digest] },
    {
      hint: 'check key, certificates and timestamping authority of this signer, and the clock of this machine',
      cause,
    },
  );
}
