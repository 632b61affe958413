import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { ImageBuilderError, reasonOf } from '../core/index.ts';

/** A configuration as it stands in a file, and the name under which people know it. */
export interface ConfigText {
  readonly path: string;
  readonly text: string;
}

/** The places where a configuration may be, the first one wins. */
export interface ConfigPlaces {
  /** From `--config`. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Only where the checkout is trusted: its `image-builder.yaml` decides where images go. */
  readonly checkoutRoot?: string | undefined;
  /** Comes with the program. */
  readonly shippedConfig: ConfigText;
}

/** Names the configuration file of everything that runs in an environment. */
const fileVariable = 'IMAGE_BUILDER_CONFIG';
const checkoutFile = 'image-builder.yaml';
/** 256 KiB; deployed configurations have less than 2. */
const maxBytes = 256 * 1024;

/** Reads `--config`, else IMAGE_BUILDER_CONFIG, else `image-builder.yaml` of the checkout, else the shipped one. */
export async function findConfigFile(places: ConfigPlaces): Promise<ConfigText> {
  const { file, env, checkoutRoot, shippedConfig } = places;
  if (file !== undefined) return readConfigFile(file, 'named by --config');
  const named = env[fileVariable];
  if (named !== undefined && named !== '') return readConfigFile(named, `named by ${fileVariable}`);
  if (checkoutRoot === undefined) return shippedConfig;
  try {
    return await readConfigFile(join(checkoutRoot, checkoutFile), 'at the root of the checkout');
  } catch (error) {
    if (isMissing(error)) return shippedConfig;
    throw error;
  }
}

/** Reads one file of at most 256 KiB; `origin` says who named it. Throws `config.not-found` or `config.invalid`. */
export async function readConfigFile(path: string, origin: string): Promise<ConfigText> {
  let bytes: Buffer;
  try {
    // A stream with an end, since the file may be a pipe or a device.
    bytes = Buffer.concat(await createReadStream(path, { end: maxBytes }).toArray());
  } catch (cause) {
    const message = `configuration "${path}" cannot be read: ${wordsFor(cause)}`;
    throw new ImageBuilderError('config.not-found', message, { path }, { hint: `it is ${origin}`, cause });
  }
  if (bytes.length > maxBytes) throw refused(path, 'is larger than 256 KiB');
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw refused(path, 'is not UTF-8 text');
  }
}

function refused(path: string, message: string): ImageBuilderError<'config.invalid'> {
  const problem = { source: path, message: `the file ${message}` };
  return new ImageBuilderError('config.invalid', `configuration "${path}" ${message}`, {
    problems: [problem],
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && systemCode(error.cause) === 'ENOENT';
}

function systemCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function wordsFor(error: unknown): string {
  const code = systemCode(error);
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a directory';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return reasonOf(error);
}
