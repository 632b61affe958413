import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type KeyFile, keyFault } from './key-fault.ts';

const forms = 'PKCS#8 ("PRIVATE KEY"), SEC 1 ("EC PRIVATE KEY") or PKCS#1 ("RSA PRIVATE KEY")';

/** Reads the one private key of a PEM text. Throws `signing.failed`, quoting nothing but the labels of its blocks. */
export function parsePrivateKey(pem: string, file: KeyFile): KeyObject {
  const blocks = [...pem.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g)];
  const keys = blocks.filter(([, label = '']) => label.endsWith('PRIVATE KEY'));
  const [block, ...others] = keys;
  if (!block)
    throw noKey(
      blocks.map(([, label = '']) => label),
      file,
    );
  if (others.length > 0) {
    throw keyFault(file, {
      message: `key file "${file.path}" holds ${keys.length} private keys, expected one`,
      hint: 'keep only the one that signs in it',
    });
  }
  const [text, label, body = ''] = block;
  if (label === 'ENCRYPTED PRIVATE KEY' || body.includes('ENCRYPTED')) {
    throw keyFault(file, {
      message: `the private key in "${file.path}" is encrypted`,
      hint: 'decrypt it with "openssl pkey -in KEY -out PLAIN", and protect the file by its mode or keep it in a secret',
    });
  }
  try {
    return createPrivateKey({ key: text, format: 'pem' });
  } catch {
    throw keyFault(file, {
      message: `the private key in "${file.path}" cannot be read`,
      hint: `expected PEM of ${forms}; an OpenSSH key is none of them`,
    });
  }
}

function noKey(labels: readonly string[], file: KeyFile) {
  const found = labels.length === 0 ? 'nothing in PEM' : labels.map((label) => `"${label}"`).join(', ');
  return keyFault(file, {
    message: `key file "${file.path}" holds no private key, found ${found}`,
    hint: `name the file with the private key, in PEM of ${forms}`,
  });
}
