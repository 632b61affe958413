import { SignatureRejected } from '../signed-envelope.ts';
import type { EnvelopeFormat } from './notary-headers.ts';

/** An envelope as it was written, the same for both formats; nothing of it was checked but its form. */
export interface UntrustedEnvelope {
  readonly format: EnvelopeFormat;
  readonly algorithm: unknown;
  readonly critical: unknown;
  readonly contentType: unknown;
  /** Protected headers by name. */
  readonly attributes: ReadonlyMap<unknown, unknown>;
  /** Reads a time as this format writes it; undefined when it is none. */
  readonly readTime: (untrusted: unknown) => Date | undefined;
  /** DER, leaf first. */
  readonly certificates: readonly Uint8Array[];
  readonly payload: Uint8Array;
  /** What the signature covers. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly timestampToken: Uint8Array | undefined;
  readonly signingAgent: string | undefined;
}

/** The fault of an envelope whose form is not what its specification says. */
export function malformed(message: string, cause?: unknown): SignatureRejected {
  return new SignatureRejected('envelope.malformed', message, { cause });
}

/** RFC 7515, 4 and RFC 9052, 3: a header stands on one side only. */
export function checkDisjoint(
  signed: ReadonlyMap<unknown, unknown>,
  unsigned: ReadonlyMap<unknown, unknown>,
): void {
  for (const name of unsigned.keys())
    if (signed.has(name)) throw malformed('a header stands on the protected and on the unprotected side');
}
