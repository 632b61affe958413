import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type CosignPublicKey, cosignPublicKey } from '../../../src/signing/cosign/cosign-public-key.ts';
import { ecKeys, type KeyPair } from './certificates.ts';

const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });

interface KeyKind {
  readonly kind: string;
  readonly makeKeys: () => KeyPair;
}

/** What cosign signs and verifies with. */
export const fitKinds: readonly KeyKind[] = [
  { kind: 'P-256', makeKeys: () => ecKeys('P-256') },
  { kind: 'RSA 2048', makeKeys: () => rsa(2048) },
  { kind: 'RSA 3072', makeKeys: () => rsa(3072) },
];

/** What cosign verifies with, and does not sign with. */
export const oddKind: KeyKind = { kind: 'RSA 2560', makeKeys: () => rsa(2560) };

interface UnfitKind extends KeyKind {
  /** Signatures of such a key are made with it; null where the algorithm has its own. */
  readonly hash: string | null;
  /** Why cosign verifies what was signed with it by hand, although we do not. */
  readonly differs?: string;
}

/** What cosign does not both sign and verify with. */
export const unfitKinds: readonly UnfitKind[] = [
  { kind: 'P-384', hash: 'sha384', makeKeys: () => ecKeys('P-384') },
  { kind: 'P-521', hash: 'sha512', makeKeys: () => ecKeys('P-521') },
  { kind: 'secp256k1', hash: 'sha256', makeKeys: () => ecKeys('secp256k1') },
  {
    kind: 'Ed25519',
    hash: null,
    makeKeys: () => generateKeyPairSync('ed25519'),
    differs: 'cosign verifies another variant of Ed25519 than it signs with',
  },
  {
    kind: 'RSA 1024',
    hash: 'sha256',
    makeKeys: () => rsa(1024),
    differs: 'cosign verifies with RSA keys of any size, and signs with none so short',
  },
  {
    kind: 'RSA-PSS',
    hash: 'sha256',
    makeKeys: () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
  },
];

/** In the files that people have: PKCS#8 and SubjectPublicKeyInfo. */
export function pemOf({ privateKey, publicKey }: KeyPair): { readonly key: string; readonly pub: string } {
  return {
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    pub: String(publicKey.export({ type: 'spki', format: 'pem' })),
  };
}

/** A public key that counts. */
export function trusted({ publicKey }: Pick<KeyPair, 'publicKey'>): CosignPublicKey {
  const key = cosignPublicKey(publicKey, '/keys/cosign.pub');
  if (key === undefined) throw new Error('cosign does not verify with such a key');
  return key;
}

/** A file that only its owner can read, gone after the test. */
export function writeTestFile(text: string, mode = 0o600): string {
  const folder = mkdtempSync(join(tmpdir(), 'image-builder-cosign-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'cosign.pem');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}
