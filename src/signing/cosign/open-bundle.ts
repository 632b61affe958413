import { verify } from 'node:crypto';
import { decodeExactly } from '../envelope/base64.ts';
import { asMembers, parseStrictJson } from '../envelope/strict-json.ts';
import { malformed } from '../envelope/untrusted-envelope.ts';
import { SignatureRejected } from '../signed-envelope.ts';
import type { UntrustedBlob } from '../verify/find-candidates.ts';
import { bundleType, payloadType, preAuthEncoding } from './bundle-format.ts';
import type { CosignPublicKey } from './cosign-public-key.ts';
import { readMembers } from './read-members.ts';
import { readStatement, type StatementSubject } from './read-statement.ts';

/** A bundle that one of our keys has signed. */
export interface OpenedBundle {
  readonly key: CosignPublicKey;
  readonly subjects: readonly StatementSubject[];
}

/**
 * Reads a Sigstore bundle v0.3 with a DSSE envelope and checks that one of these keys has signed it, whatever key it
 * names itself; undefined when its statement is no image signature. Throws SignatureRejected and nothing else,
 * whatever the bytes.
 */
export function openBundle(
  { bytes, mediaType }: UntrustedBlob,
  keys: readonly CosignPublicKey[],
): OpenedBundle | undefined {
  if (mediaType !== bundleType) throw wrongType();
  const parsed = parseStrictJson(bytes, 'the bundle');
  if (asMembers(parsed, 'the bundle').get('mediaType') !== bundleType) throw wrongType();
  const bundle = readMembers(parsed, ['mediaType', 'verificationMaterial', 'dsseEnvelope'], 'the bundle');
  const { payload, signature } = readEnvelope(bundle.get('dsseEnvelope'));
  const subjects = readStatement(payload);
  if (subjects === undefined) return undefined;
  checkMaterial(bundle.get('verificationMaterial'));
  const signed = preAuthEncoding(payload);
  const signer = keys.find(({ key }) => verify('sha256', signed, key, signature));
  if (signer !== undefined) return { key: signer, subjects };
  throw new SignatureRejected('signature.wrong', 'the signature was made by none of the trusted keys');
}

interface DsseEnvelope {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** Sigstore bundle v0.3 allows one signature only; cosign takes one that names its key for that of another. */
function readEnvelope(untrusted: unknown): DsseEnvelope {
  const envelope = readMembers(untrusted, ['payload', 'payloadType', 'signatures'], 'the DSSE envelope');
  if (envelope.get('payloadType') !== payloadType)
    throw new SignatureRejected('envelope.content-type', `the payload is not of type ${payloadType}`);
  const signatures = envelope.get('signatures');
  if (!Array.isArray(signatures) || signatures.length !== 1)
    throw malformed('the DSSE envelope does not have exactly one signature');
  const signature = readMembers(signatures[0], ['sig', 'keyid'], 'the signature');
  if ((signature.get('keyid') ?? '') !== '') throw malformed('the signature names its key');
  return {
    payload: decodeExactly(envelope.get('payload'), 'base64', 'the payload'),
    signature: decodeExactly(signature.get('sig'), 'base64', 'the signature'),
  };
}

/** The hint at the key and what a transparency log says are not looked at: the signature tells who made it. */
function checkMaterial(untrusted: unknown): void {
  const known = [
    'publicKey',
    'certificate',
    'x509CertificateChain',
    'tlogEntries',
    'timestampVerificationData',
  ];
  const material = readMembers(untrusted, known, 'the verification material');
  if (!material.has('publicKey') || material.has('certificate') || material.has('x509CertificateChain'))
    throw new SignatureRejected('envelope.scheme', 'the bundle is not signed with a public key alone');
  readMembers(material.get('publicKey'), ['hint'], 'the public key');
}

function wrongType(): SignatureRejected {
  return new SignatureRejected('envelope.media-type', `expected a bundle of type ${bundleType}`);
}
