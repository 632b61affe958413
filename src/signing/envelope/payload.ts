import { ImageBuilderError } from '../../core/index.ts';
import { asDescriptor, type Descriptor } from '../../oci/index.ts';
import { SignatureRejected } from '../signed-envelope.ts';
import { asMembers, parseStrictJson } from './strict-json.ts';

const reservedPrefix = 'io.cncf.notary';

/**
 * The payload of a signature over this artifact, with user metadata in the annotations. Throws `internal` for a name
 * that the specification keeps to itself.
 */
export function createPayload(
  { mediaType, digest, size }: Descriptor,
  annotations: Readonly<Record<string, string>>,
): Uint8Array {
  const reserved = Object.keys(annotations).find((name) => name.startsWith(reservedPrefix));
  if (reserved)
    throw new ImageBuilderError('internal', `signature metadata "${reserved}" is reserved`, {
      where: 'createPayload',
    });
  const metadata = Object.keys(annotations).length === 0 ? {} : { annotations };
  return Buffer.from(JSON.stringify({ targetArtifact: { mediaType, digest, size, ...metadata } }));
}

/**
 * The artifact that a payload names, user metadata in its annotations. Throws SignatureRejected with
 * `payload.malformed`.
 */
export function readPayload(bytes: Uint8Array): Descriptor {
  try {
    const payload = asMembers(parseStrictJson(bytes, 'payload'), 'payload');
    return asDescriptor(payload.get('targetArtifact'));
  } catch (cause) {
    throw new SignatureRejected('payload.malformed', 'payload names no artifact by type, digest and size', {
      cause,
    });
  }
}
