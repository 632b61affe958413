import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ImageBuilderError, reasonOf, rfc3339, Secret } from '../../core/index.ts';

/** What the client shows to the service. PEM. */
export interface SignifyCredentials {
  /** The client's own certificate, followed by its intermediates. */
  readonly certificate: string;
  readonly key: Secret;
  /** End of the client's own certificate. */
  readonly validUntil: Date;
}

export interface SecretFile {
  /** Name of the signer in the configuration; errors say it. */
  readonly signer: string;
  readonly path: string;
}

/** Far more than a chain and a key. */
const maxCharacters = 1024 * 1024;
const base64Pattern = /^[A-Za-z0-9+/]+={0,2}$/;
const layout = 'expected JSON with "certData" and "privateKeyData", each base64 of PEM';

/**
 * Reads the file that SAP's rotator writes: `{"certData", "privateKeyData"}`, each base64 of PEM; its other keys are
 * not for us. The key must fit the certificate, and the certificate must be valid at `now`. Throws `signing.failed`,
 * which never says anything of the content.
 */
export async function readSignifyCredentials(file: SecretFile, now: Date): Promise<SignifyCredentials> {
  const { certData, privateKeyData } = parse(file, await read(file));
  const certificate = decode(file, 'certData', certData);
  const key = new Secret(decode(file, 'privateKeyData', privateKeyData));
  const parsed = parseCertificate(file, certificate);
  const privateKey = parseKey(file, key);
  if (!parsed.checkPrivateKey(privateKey)) {
    const message = 'the private key does not belong to the certificate';
    throw fault(file, message, 'the first certificate of "certData" must be the one issued for this key');
  }
  const [from, validUntil] = [parsed.validFromDate, parsed.validToDate];
  const times = `now is ${rfc3339(now)}`;
  if (now > validUntil) {
    throw fault(file, `the certificate expired at ${rfc3339(validUntil)}, ${times}`, renewHint);
  }
  if (now < from) {
    const hint = 'set the clock of this machine right';
    throw fault(file, `the certificate is valid from ${rfc3339(from)}, ${times}`, hint);
  }
  return { certificate, key, validUntil };
}

const renewHint = 'renew the secret; a rotator that should do so may have stopped';

async function read(file: SecretFile): Promise<string> {
  let text: string;
  try {
    text = await readFile(file.path, 'utf8');
  } catch (cause) {
    const message = `cannot be read: ${reasonOf(cause)}`;
    throw fault(file, message, 'the path must name a file that the user of this process may read', cause);
  }
  if (text.length <= maxCharacters) return text;
  throw fault(file, 'is larger than 1 MB', layout);
}

/** The text of a JSON error quotes the content, so that no cause goes along. */
function parse(file: SecretFile, text: string): Record<'certData' | 'privateKeyData', unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fault(file, 'the content is not JSON', layout);
  }
  if (typeof value !== 'object' || value === null) throw fault(file, 'the content is no JSON object', layout);
  const held = new Map(Object.entries(value));
  return { certData: held.get('certData'), privateKeyData: held.get('privateKeyData') };
}

function decode(file: SecretFile, name: string, value: unknown): string {
  const text = typeof value === 'string' ? value.replace(/\s+/g, '') : '';
  if (!base64Pattern.test(text)) throw fault(file, `"${name}" is missing or not base64`, layout);
  return Buffer.from(text, 'base64').toString('utf8');
}

function parseCertificate(file: SecretFile, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw fault(file, '"certData" holds no certificate that can be read', layout);
  }
}

function parseKey(file: SecretFile, pem: Secret) {
  try {
    return createPrivateKey(pem.reveal());
  } catch {
    throw fault(
      file,
      '"privateKeyData" holds no private key that can be read',
      `${layout}; it must not be encrypted`,
    );
  }
}

function fault(
  { signer, path }: SecretFile,
  message: string,
  hint: string,
  cause?: unknown,
): ImageBuilderError {
  return new ImageBuilderError(
    'signing.failed',
    `signer "${signer}": secret file "${path}": ${message}`,
    { signer, failed: [path] },
    { hint, cause },
  );
}
