import { resolve } from 'node:path';
import { ImageBuilderError } from '../core/index.ts';
import type { Caller } from '../identity/index.ts';
import { decodeParameters, type ParsedRequest, parseRemoteRequest } from '../request/index.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';
import { readSmallFile } from './stage-files.ts';
import { usageError } from './usage-error.ts';

/** What the pipeline calls the variable of a parameter, and of one that it would have expanded. */
const [parameter, macro] = ['PARAMETER_', 'MACRO_IN_'];

/**
 * The request that a caller elsewhere made: of `--request`, or of the environment. There it is in base64, since a
 * pipeline expands its own variables in what a caller wrote, or in the parameters of the pipeline, which its token
 * completes. Throws `usage.invalid` or `request.invalid`.
 */
export async function readRequest({
  args,
  console,
}: Pick<CommandRun, 'args' | 'console'>): Promise<(caller: Pick<Caller, 'claims'>) => ParsedRequest> {
  const { environment } = console;
  const path = one(args, 'request');
  if (path !== undefined)
    return always(parseRemoteRequest(await readSmallFile(resolve(console.directory, path))));
  const encoded = environment.IMAGE_BUILDER_REQUEST ?? '';
  if (encoded !== '') return always(parseRemoteRequest(Buffer.from(encoded, 'base64')));
  const [expanded] = Object.keys(variablesAfter(macro, environment));
  if (expanded !== undefined) throw holdsMacro(expanded);
  const { Authorization: _, ...parameters } = variablesAfter(parameter, environment);
  if (Object.keys(parameters).length > 0) return ({ claims }) => decodeParameters(parameters, claims);
  const hint = 'name its file, or set the environment variable IMAGE_BUILDER_REQUEST to its base64';
  throw usageError('--request', 'no request is given', hint);
}

function always(request: ParsedRequest): () => ParsedRequest {
  return () => request;
}

function variablesAfter(
  prefix: string,
  environment: CommandRun['console']['environment'],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith(prefix) && value !== undefined ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}

function holdsMacro(field: string): ImageBuilderError<'request.invalid'> {
  const message = `parameter "${field}" holds "$(", which the agent would replace by the value of a variable`;
  const hint = 'send texts in base64, with "Encoding" set to "base64", as image-builder does';
  return new ImageBuilderError('request.invalid', message, { field }, { hint });
}
