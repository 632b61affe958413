import { encode, Tagged } from 'cborg';
import { rfc3339 } from '../../core/index.ts';
import type { SigningKey } from '../keys/key-source.ts';
import type { KeySpec } from '../keys/key-spec.ts';
import { type EnvelopeFormat, envelopeMediaTypes, headers, payloadMediaType } from './notary-headers.ts';
import { coseLabels, coseSignedBytes, coseTags } from './parse-cose.ts';

export interface EnvelopeOptions {
  readonly format: EnvelopeFormat;
  readonly payload: Uint8Array;
  readonly key: SigningKey;
  /** Written in whole seconds. */
  readonly signingTime: Date;
  /** Who makes the envelope, as `name/version`. */
  readonly signingAgent: string;
  /** Gets a DER token of RFC 3161 over the raw signature bytes. */
  readonly timestamp?: ((signature: Uint8Array, spec: KeySpec) => Promise<Uint8Array>) | undefined;
}

export interface Envelope {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

const scheme = 'notary.x509';

/** Signs a payload into an envelope of scheme `notary.x509`. Throws what the key and the timestamp throw. */
export async function createEnvelope(options: EnvelopeOptions): Promise<Envelope> {
  const bytes = options.format === 'jws' ? await createJws(options) : await createCose(options);
  return { bytes, mediaType: envelopeMediaTypes[options.format] };
}

async function createJws(options: EnvelopeOptions): Promise<Uint8Array> {
  const protectedHeader = base64url(
    JSON.stringify({
      alg: options.key.spec.jws,
      cty: payloadMediaType,
      crit: [headers.scheme],
      [headers.scheme]: scheme,
      [headers.signingTime]: rfc3339(options.signingTime),
    }),
  );
  const payload = base64url(options.payload);
  const { signature, token } = await sign(options, Buffer.from(`${protectedHeader}.${payload}`, 'ascii'));
  const envelope = {
    payload,
    protected: protectedHeader,
    header: {
      x5c: chainOf(options).map((der) => der.toString('base64')),
      [headers.signingAgent]: options.signingAgent,
      ...(token ? { [headers.timestamp]: Buffer.from(token).toString('base64') } : {}),
    },
    signature: base64url(signature),
  };
  return Buffer.from(JSON.stringify(envelope));
}

async function createCose(options: EnvelopeOptions): Promise<Uint8Array> {
  const seconds = Math.floor(options.signingTime.getTime() / 1000);
  const protectedHeader = encode(
    new Map<number | string, unknown>([
      [coseLabels.algorithm, options.key.spec.cose],
      [coseLabels.critical, [headers.scheme]],
      [coseLabels.contentType, payloadMediaType],
      [headers.scheme, scheme],
      [headers.signingTime, new Tagged(coseTags.epochTime, seconds)],
    ]),
  );
  const { signature, token } = await sign(options, coseSignedBytes(protectedHeader, options.payload));
  const unprotectedHeader = new Map<number | string, unknown>([
    [coseLabels.certificates, chainOf(options)],
    [headers.signingAgent, options.signingAgent],
    ...(token ? [[headers.timestamp, token] as const] : []),
  ]);
  return encode(new Tagged(coseTags.sign1, [protectedHeader, unprotectedHeader, options.payload, signature]));
}

async function sign({ key, timestamp }: EnvelopeOptions, data: Uint8Array) {
  const signature = await key.sign(data);
  return { signature, token: await timestamp?.(signature, key.spec) };
}

function chainOf({ key }: EnvelopeOptions): Buffer[] {
  return key.chain.map((certificate) => Buffer.from(certificate.rawData));
}

function base64url(content: Uint8Array | string): string {
  return Buffer.from(content).toString('base64url');
}
