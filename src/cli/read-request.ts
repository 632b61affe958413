import { resolve } from 'node:path';
import { type ParsedRequest, parseRemoteRequest } from '../request/index.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';
import { readSmallFile } from './stage-files.ts';
import { usageError } from './usage-error.ts';

/**
 * The request that a caller elsewhere made: of `--request`, or of the environment. There it is in base64, since a
 * pipeline expands its own variables in what a caller wrote. Throws `usage.invalid` or `request.invalid`.
 */
export async function readRequest({
  args,
  console,
}: Pick<CommandRun, 'args' | 'console'>): Promise<ParsedRequest> {
  const path = one(args, 'request');
  if (path !== undefined) return parseRemoteRequest(await readSmallFile(resolve(console.directory, path)));
  const encoded = console.environment.IMAGE_BUILDER_REQUEST ?? '';
  if (encoded !== '') return parseRemoteRequest(Buffer.from(encoded, 'base64'));
  const hint = 'name its file, or set the environment variable IMAGE_BUILDER_REQUEST to its base64';
  throw usageError('--request', 'no request is given', hint);
}
