import * as z from 'zod/mini';
import { humanBytes, ImageBuilderError, readStrictJson, reasonOf } from '../../core/index.ts';
import type { Environment, ReadFile } from './ci-build.ts';
import { requireVariable } from './read-variable.ts';

/** Bytes. GitHub delivers no event that is larger. */
const largestPayload = 25_000_000;

const commit = z.object({ id: z.string() });

/** Of each event's payload only what a build needs; the names and shapes are those of GitHub's webhooks. */
export const payloads = {
  push: z.object({ ref: z.string(), deleted: z.boolean(), head_commit: z.nullable(commit) }),
  pull_request_target: z.object({
    number: z.int().check(z.positive()),
    pull_request: z.object({
      // The repository of a fork that was deleted is null.
      head: z.object({ sha: z.string(), repo: z.nullable(z.object({})) }),
    }),
  }),
  merge_group: z.object({ merge_group: z.object({ head_sha: z.string() }) }),
} as const;

/** Reads the payload of the event that GitHub's runner left in a file. Throws `source.invalid` or `request.invalid`. */
export async function readPayload<Event extends keyof typeof payloads>(
  event: Event,
  environment: Environment,
  readFile: ReadFile,
): Promise<z.infer<(typeof payloads)[Event]>> {
  const path = requireVariable(environment, 'GITHUB_EVENT_PATH');
  const bytes = await readFile(path).catch((cause: unknown) => {
    const message = `cannot read the payload of the event: ${reasonOf(cause)}`;
    throw new ImageBuilderError('source.invalid', message, { path }, { cause });
  });
  if (bytes.length > largestPayload)
    throw invalid(event, 'payload', `is larger than ${humanBytes(largestPayload)}`);
  const read = readStrictJson(bytes);
  if (read.kind !== 'value') throw invalid(event, 'payload', 'is not JSON');
  const parsed = z.safeParse(payloads[event], read.value, { jitless: true });
  if (parsed.success) return parsed.data as z.infer<(typeof payloads)[Event]>;
  const place = parsed.error.issues[0]?.path.map(String).join('.') || 'payload';
  throw invalid(event, place, 'is missing, or not what GitHub says there');
}

function invalid(event: string, field: string, fault: string): ImageBuilderError<'request.invalid'> {
  return new ImageBuilderError('request.invalid', `event "${event}": "${field}" ${fault}`, { field });
}
