import type { X509Certificate } from '@peculiar/x509';
import type { KeySpec } from './key-spec.ts';

/** A private key, wherever it lies, with the certificates that speak for it. */
export interface SigningKey {
  /** Leaf first, root included. */
  readonly chain: readonly X509Certificate[];
  readonly spec: KeySpec;
  /** Raw signature as JWS and COSE want it: PSS with a salt as long as the hash, or r and s side by side. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

export interface OpenedKey {
  readonly key: SigningKey;
  /** What a person should do something about soon, one sentence each. */
  readonly warnings: readonly string[];
}

/** Where a key comes from; a key management service is another one of these. */
export interface KeySource {
  /** Key and chain as they are now, fitting each other and fit to sign. Throws `signing.failed`. */
  open(): Promise<OpenedKey>;
  /** The chain alone, for a machine that tells signatures by it and has no key. Throws `signing.failed`. */
  chain(): Promise<SigningKey['chain']>;
}
