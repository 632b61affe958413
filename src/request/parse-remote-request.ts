import * as z from 'zod/mini';
import { ImageBuilderError, readStrictJson } from '../core/index.ts';
import type { RemoteRequest } from '../identity/index.ts';
import type { BuildRequest } from './build-request.ts';

/** Bytes. Build arguments may hold files, but not large ones. */
export const largestRequest = 1024 * 1024;

/** What a caller elsewhere asks for, of the right shape. */
export interface ParsedRequest extends RemoteRequest {
  readonly build: BuildRequest;
}

/** Characters: Linux takes arguments of 128 KiB. */
const largestArgument = 100_000;

const text = z.string().check(z.refine((value) => value.isWellFormed(), 'expected text in Unicode'));
/** More than any build has, and few enough for every one to cost something. */
const most = 200;
const texts = z.array(text).check(z.maxLength(most));

const sourceSchema = z.strictObject({
  owner: text,
  name: text,
  event: z.enum(['push', 'pull_request_target', 'merge_group', 'workflow_dispatch', 'schedule']),
  ref: text,
  eventSha: text,
  commitSha: text,
  pullRequest: z.optional(z.int().check(z.positive())),
  runId: text,
});

const buildSchema = z.strictObject({
  name: z.optional(text),
  dockerfile: text,
  context: text,
  target: z.optional(text),
  tags: texts,
  tagsBase64: z.optional(text),
  // A name alone would take the value from the environment of the machine that builds, which is not the caller's.
  buildArgs: z
    .array(text.check(z.regex(/=/, 'expected NAME=value'), z.maxLength(largestArgument)))
    .check(z.maxLength(most)),
  buildContexts: texts,
  secrets: z.array(z.never('secrets of the machine that builds are not for callers')),
  platforms: texts,
  exportTags: z.boolean(),
  useRestrictedRegistry: z.boolean(),
  useGoModules: z.boolean(),
  registries: texts,
  noCache: z.boolean(),
});

const bodySchema = z.strictObject({ source: sourceSchema, build: buildSchema });
const requestSchema = z.strictObject({ version: z.literal(1), request: bodySchema });

/**
 * Reads a request as `canonicalRequest` writes it. Unknown fields are refused: what somebody believes to be heeded must
 * not be passed over. Throws `request.invalid`.
 */
export function parseRemoteRequest(untrustedBytes: Uint8Array): ParsedRequest {
  if (untrustedBytes.length > largestRequest)
    throw invalid('request', `has ${untrustedBytes.length} bytes, expected at most ${largestRequest}`);
  const read = readStrictJson(untrustedBytes);
  if (read.kind === 'repeated-name') throw invalid('request', 'has a name twice');
  if (read.kind !== 'value') throw invalid('request', 'is not JSON');
  const parsed = z.safeParse(requestSchema, read.value, { jitless: true });
  if (parsed.success) return parsed.data.request as ParsedRequest;
  throw misfit(parsed.error);
}

/** Reads a request that came in another form than its canonical one. Throws `request.invalid`. */
export function readRequest(untrusted: unknown): ParsedRequest {
  const parsed = z.safeParse(bodySchema, untrusted, { jitless: true });
  if (parsed.success) return parsed.data as ParsedRequest;
  throw misfit(parsed.error);
}

function misfit({ issues: [issue] }: z.core.$ZodError): ImageBuilderError<'request.invalid'> {
  return invalid(issue?.path.map(String).join('.') || 'request', issue?.message ?? 'is not understood');
}

function invalid(field: string, fault: string): ImageBuilderError<'request.invalid'> {
  return new ImageBuilderError('request.invalid', `request: "${field}": ${fault}`, { field });
}
