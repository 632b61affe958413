import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ImageBuilderError, type Problem, reasonOf } from '../../core/index.ts';
import { type CosignPublicKey, cosignKeyKinds, cosignPublicKey } from './cosign-public-key.ts';

const hint =
  'the file must hold one public key in PEM, as "cosign public-key --key KEY" or "openssl pkey -in KEY -pubout" prints it';

/**
 * Reads PEM files with one public key each. Throws `config.not-found`, or `config.invalid` with all that is wrong with
 * any of them.
 */
export async function loadCosignKeys(paths: readonly string[]): Promise<readonly CosignPublicKey[]> {
  const readings = await Promise.all(paths.map(readKey));
  const keys = readings.filter((reading) => 'key' in reading);
  const problems = readings.filter((reading) => 'message' in reading);
  if (problems.length === 0) return keys;
  const count = problems.length === 1 ? 'a public key' : `${problems.length} public keys`;
  throw new ImageBuilderError('config.invalid', `${count} for cosign cannot be used`, { problems }, { hint });
}

async function readKey(path: string): Promise<CosignPublicKey | Problem> {
  try {
    return parseKey(await readFile(path, 'latin1'), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new ImageBuilderError(
        'config.not-found',
        `there is no public key "${path}"`,
        { path },
        { hint, cause: error },
      );
    return { source: path, message: reasonOf(error) };
  }
}

function parseKey(pem: string, path: string): CosignPublicKey {
  const blocks = [...pem.matchAll(/-----BEGIN ([^-]*)-----[^-]*-----END \1-----/g)];
  const [block, ...others] = blocks;
  if (block === undefined) throw new Error('holds nothing in PEM, expected one "PUBLIC KEY"');
  if (others.length > 0) throw new Error(`holds ${blocks.length} blocks in PEM, expected one "PUBLIC KEY"`);
  const [text, label] = block;
  if (label !== 'PUBLIC KEY') throw new Error(`holds a "${label}", expected a "PUBLIC KEY"`);
  const key = cosignPublicKey(publicKeyOf(text), path);
  if (key === undefined)
    throw new Error(`holds a key of a kind that cosign does not work with, expected ${cosignKeyKinds}`);
  return key;
}

function publicKeyOf(pem: string) {
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new Error('holds a public key that cannot be read', { cause });
  }
}
