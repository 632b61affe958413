import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { reasonOf } from '../../core/index.ts';
import { accessWarnings } from '../keys/access-warnings.ts';
import { type KeyFile, keyFault } from '../keys/key-fault.ts';
import { parsePrivateKey } from '../keys/parse-private-key.ts';
import { type CosignPublicKey, cosignKeyKinds, cosignPublicKey } from './cosign-public-key.ts';

/** A private key, wherever it lies, with its public half. */
export interface CosignKey {
  readonly publicKey: CosignPublicKey;
  /** Over the SHA-256 of the data: ECDSA in DER, or RSA with the padding of PKCS#1 v1.5. */
  sign(data: Uint8Array): Promise<Uint8Array>;
  /** What a person should do something about, one sentence each. */
  readonly warnings: readonly string[];
}

const newKeyHint =
  'make one with "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out KEY", and its public key with "openssl pkey -in KEY -pubout -out KEY.pub"';

/** Reads a private key in PEM. Throws `signing.failed`. */
export async function loadCosignKey(file: KeyFile): Promise<CosignKey> {
  const { path } = file;
  const { pem, mode } = await readKeyFile(file);
  if (/-----BEGIN ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY-----/.test(pem))
    throw keyFault(file, {
      message: `the private key in "${path}" is encrypted by cosign`,
      hint: `cosign does not decrypt it for others: give the unencrypted PKCS#8 PEM that "cosign import-key-pair" was given, in a file that only its owner can read; without one, ${newKeyHint}`,
    });
  const key = parsePrivateKey(pem, file);
  const publicKey = cosignPublicKey(createPublicKey(key), path);
  if (publicKey === undefined)
    throw keyFault(file, {
      message: `the key in "${path}" is of a kind that cosign does not work with, expected ${cosignKeyKinds}`,
      hint: newKeyHint,
    });
  return { publicKey, sign: (data) => signSha256(key, data), warnings: accessWarnings(path, mode) };
}

async function readKeyFile(file: KeyFile): Promise<{ readonly pem: string; readonly mode: number }> {
  const { path } = file;
  try {
    const [pem, { mode }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { pem, mode };
  } catch (cause) {
    throw keyFault(file, {
      message: `cannot read "${path}": ${reasonOf(cause)}`,
      hint: 'the path must name a file that the user of this process may read',
      cause,
    });
  }
}

function signSha256(key: KeyObject, data: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    sign('sha256', data, key, (error, signature) => (error ? reject(error) : resolve(signature)));
  });
}
