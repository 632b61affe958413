import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ImageBuilderError, reasonOf } from '../../core/index.ts';
import { parseSubject, type SubjectAttribute } from '../certificates/parse-subject.ts';
import { developmentConfigs } from './development-configs.ts';
import { developmentFiles } from './development-files.ts';
import { developmentIdentities } from './development-identities.ts';
import type { KeyAlgorithm } from './issue-certificate.ts';

export interface DevelopmentKeysOptions {
  /** Absolute path. Must not be there, or be empty. */
  readonly directory: string;
  readonly now: Date;
  /** Of the certificate that signs, as RFC 4514 writes it; with C, ST and O, which trust policies demand. */
  readonly subject: string;
  /** How long every certificate is valid; whole, 1 to 3650. */
  readonly days: number;
  readonly algorithm: KeyAlgorithm;
  /** Repositories that are trusted and that the client may have signed; see `developmentConfigs` for none. */
  readonly scopes?: readonly string[];
  /** Names and addresses of the signing service beside those of this machine. */
  readonly hosts?: readonly string[];
  /** Of the signing service. */
  readonly port?: number;
}

/** One file that was written; its path starts with the directory that was asked for. */
export interface DevelopmentFile {
  readonly path: string;
  /** What it is, in a few words. */
  readonly description: string;
  /** Whether only its owner may read it. */
  readonly secret: boolean;
}

/** Attributes that trust policies can name. */
const nameable: ReadonlySet<string> = new Set(['C', 'ST', 'L', 'O', 'OU', 'CN']);

const defaultPort = 8443;
const thisMachine = ['localhost', '127.0.0.1', '::1'];
const hour = 3_600_000;
const day = 24 * hour;
const longestDays = 3650;

/**
 * Makes everything that signing and verifying need on one machine: a key with its chain, the identities of the signing
 * service and of one client, the client's Signify secret, the configuration of both sides, and the trust store and
 * policy that `notation` reads when XDG_CONFIG_HOME is the directory. The keys of the authorities are kept nowhere: nobody can issue more. Private files
 * are the owner's alone. Throws `usage.invalid`, also when something is there already.
 */
export async function createDevelopmentKeys(
  options: DevelopmentKeysOptions,
): Promise<readonly DevelopmentFile[]> {
  const { directory, now, days, algorithm, scopes = [], hosts = [], port = defaultPort } = options;
  const subject = readSubject(options.subject);
  if (!Number.isInteger(days) || days < 1 || days > longestDays)
    throw usage('days', `expected whole days from 1 to ${longestDays}, got ${days}`);
  await claim(directory);
  const identities = await developmentIdentities({
    subject,
    algorithm,
    // Machines whose clocks differ a little must not find them from the future.
    validity: { from: new Date(now.getTime() - hour), until: new Date(now.getTime() + days * day) },
    hosts: [...new Set([...thisMachine, ...hosts])],
  });
  const files = [
    ...developmentFiles(identities, { subject, scopes }),
    ...developmentConfigs({
      ...{ directory, scopes, hosts, port },
      client: identities.client.leaf.certificate,
      signer: identities.signing.leaf.certificate,
    }),
  ];
  for (const { path, content, secret } of files) await write(join(directory, path), content, secret);
  return files.map(({ path, description, secret }) => ({ path: join(directory, path), description, secret }));
}

function readSubject(text: string): readonly SubjectAttribute[] {
  const subject = parseSubject(text);
  const hint = 'write it like "C=DE, ST=BW, O=Example, CN=signer"';
  if (subject === undefined) throw usage('subject', `subject ${JSON.stringify(text)} cannot be read`, hint);
  const odd = subject.find(({ value }) => /[\\#]/.test(value));
  if (odd !== undefined)
    throw usage('subject', `subject ${JSON.stringify(text)} has "\\" or "#" in "${odd.type}"`, hint);
  const missing = ['C', 'ST', 'O', 'CN'].filter((wanted) => !subject.some(({ type }) => type === wanted));
  if (missing.length > 0)
    throw usage('subject', `subject ${JSON.stringify(text)} lacks ${missing.join(', ')}`, hint);
  const unnamed = subject.find(
    ({ type }, at) => !nameable.has(type) || subject.findIndex((other) => other.type === type) !== at,
  );
  if (unnamed !== undefined) {
    const message = `subject ${JSON.stringify(text)} has "${unnamed.type}" twice, or is not to have it at all`;
    throw usage('subject', message, `known to trust policies, each once: ${[...nameable].join(', ')}`);
  }
  const country = subject.find(({ type }) => type === 'C')?.value ?? '';
  if (/^[A-Z]{2}$/.test(country)) return subject;
  throw usage('subject', `expected a country of two capital letters, got ${JSON.stringify(country)}`, hint);
}

async function claim(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if ((await readdir(directory)).length === 0) return await chmod(directory, 0o700);
  } catch (cause) {
    const message = `directory "${directory}" cannot be made: ${reasonOf(cause)}`;
    throw usage('directory', message, 'name another directory', cause);
  }
  const hint = 'name a new directory; keys that exist are never overwritten';
  throw usage('directory', `directory "${directory}" is not empty`, hint);
}

/** `wx` refuses a file that appeared in the meantime. */
async function write(path: string, content: string, secret: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, content, { flag: 'wx', mode: secret ? 0o600 : 0o644 });
}

function usage(
  argument: string,
  message: string,
  hint?: string,
  cause?: unknown,
): ImageBuilderError<'usage.invalid'> {
  return new ImageBuilderError('usage.invalid', message, { argument }, { hint, cause });
}
