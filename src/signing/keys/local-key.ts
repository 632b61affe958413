import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { X509Certificate } from '@peculiar/x509';
import { type Clock, humanSeconds, reasonOf, rfc3339 } from '../../core/index.ts';
import { checkChain } from '../certificates/check-chain.ts';
import { parseCertificates, publicKeyOf } from '../certificates/parse-certificate.ts';
import { validityFault, validUntil } from '../certificates/validity.ts';
import { SignatureRejected } from '../signed-envelope.ts';
import { accessWarnings } from './access-warnings.ts';
import { type KeyFile, keyFault } from './key-fault.ts';
import type { KeySource, SigningKey } from './key-source.ts';
import { keySpecNames, keySpecOf, signRaw } from './key-spec.ts';
import { parsePrivateKey } from './parse-private-key.ts';

export interface LocalKeyFiles {
  /** Name of the signer in the configuration; errors say it. */
  readonly signer: string;
  /** PEM with the private key. */
  readonly keyPath: string;
  /** PEM with the certificates, leaf first and root last. */
  readonly chainPath: string;
}

interface Loaded {
  readonly version: string;
  readonly key: SigningKey;
  readonly warnings: readonly string[];
}

/** Certificates that end sooner are worth a warning: over a weekend nobody renews them. */
const soonSeconds = 48 * 3600;

/**
 * A key in files, read when it is needed and again when one of them has changed, so that it can be renewed under a
 * running service. What it opens fits the chain, and the chain is complete, of the right profile, and valid now.
 */
export function localKey(files: LocalKeyFiles, clock: Clock): KeySource {
  let loaded: Loaded | undefined;
  return {
    open: async () => {
      const version = await versionOf(files);
      if (loaded?.version !== version) loaded = { version, ...(await load(files)) };
      const { key, warnings } = loaded;
      return { key, warnings: [...warnings, ...validityWarnings(files, key, clock())] };
    },
    chain: () => loadChain(chainFileOf(files)),
  };
}

async function versionOf(files: LocalKeyFiles): Promise<string> {
  const found = [keyFileOf(files), chainFileOf(files)].map((file) => reading(file, (path) => stat(path)));
  return (await Promise.all(found))
    .map(({ ino, size, mode, mtimeMs }) => `${ino} ${size} ${mode} ${mtimeMs}`)
    .join();
}

async function load(files: LocalKeyFiles): Promise<Omit<Loaded, 'version'>> {
  const [keyFile, chainFile] = [keyFileOf(files), chainFileOf(files)];
  const privateKey = parsePrivateKey(await reading(keyFile, readText), keyFile);
  const chain = await loadChain(chainFile);
  const { mode } = await reading(keyFile, (path) => stat(path));
  const warnings = accessWarnings(files.keyPath, mode);
  return { key: fittingKey(files, privateKey, chain), warnings };
}

async function loadChain(file: KeyFile): Promise<readonly X509Certificate[]> {
  return parseChain(await reading(file, readText), file);
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8');
}

function parseChain(pem: string, file: KeyFile): readonly X509Certificate[] {
  const hint =
    'the file must hold PEM certificates in the order leaf, intermediates, root; "image-builder keys create" makes such a chain for development';
  let chain: readonly X509Certificate[];
  try {
    chain = parseCertificates(pem);
  } catch (cause) {
    throw keyFault(file, { message: `a certificate in "${file.path}" cannot be read`, hint, cause });
  }
  if (chain.length === 0) throw keyFault(file, { message: `"${file.path}" holds no certificate`, hint });
  try {
    checkChain(chain, 'code signing');
    return chain;
  } catch (cause) {
    if (!(cause instanceof SignatureRejected)) throw cause;
    throw keyFault(file, {
      message: `${cause.message}, in "${file.path}"`,
      hint: cause.reason === 'certificate.chain' ? hint : profileHint,
      cause,
    });
  }
}

const profileHint =
  'have the certificate issued anew: a leaf needs a critical keyUsage digitalSignature and no foreign purpose, an authority critical basicConstraints and keyCertSign, all SHA-256 or better';

function fittingKey(
  files: LocalKeyFiles,
  privateKey: KeyObject,
  chain: readonly X509Certificate[],
): SigningKey {
  const [leaf] = chain;
  const spec = keySpecOf(privateKey);
  if (!spec) {
    throw keyFault(keyFileOf(files), {
      message: `the key in "${files.keyPath}" is of an unsupported kind`,
      hint: `expected one of ${keySpecNames}`,
    });
  }
  if (!leaf || !createPublicKey(privateKey).equals(publicKeyOf(leaf))) {
    throw keyFault(keyFileOf(files), {
      message: `the key in "${files.keyPath}" does not belong to the leaf certificate in "${files.chainPath}"`,
      hint: 'the first certificate of the chain must be the one that was issued for this key',
    });
  }
  return { chain, spec, sign: (data) => signRaw(spec, privateKey, data) };
}

function validityWarnings(files: LocalKeyFiles, { chain }: SigningKey, now: Date): string[] {
  const fault = validityFault(chain, now);
  if (fault) {
    throw keyFault(chainFileOf(files), {
      message: `${fault}, now is ${rfc3339(now)}`,
      hint: `renew the certificates in "${files.chainPath}", or set the clock of this machine right`,
    });
  }
  const end = validUntil(chain);
  const seconds = (end.getTime() - now.getTime()) / 1000;
  if (seconds >= soonSeconds) return [];
  return [
    `the certificates in "${files.chainPath}" expire in ${humanSeconds(seconds)}, at ${rfc3339(end)}: renew them; signatures without a timestamp end with them`,
  ];
}

async function reading<T>(file: KeyFile, read: (path: string) => Promise<T>): Promise<T> {
  try {
    return await read(file.path);
  } catch (cause) {
    throw keyFault(file, {
      message: `cannot read "${file.path}": ${reasonOf(cause)}`,
      hint: 'the path must name a file that the user of this process may read',
      cause,
    });
  }
}

function keyFileOf({ signer, keyPath }: LocalKeyFiles): KeyFile {
  return { signer, path: keyPath };
}

function chainFileOf({ signer, chainPath }: LocalKeyFiles): KeyFile {
  return { signer, path: chainPath };
}
