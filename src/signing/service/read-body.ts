import type { IncomingMessage } from 'node:http';
import { SigningRefusal } from './signing-refusal.ts';

/** The body, which must be JSON by its media type. Throws `media-type-unsupported` or `body-too-large`. */
export async function readJsonBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!/^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(type) || encoding !== 'identity')
    throw new SigningRefusal('media-type-unsupported', 'expected "application/json", not encoded');
  const chunks: Uint8Array[] = [];
  const complete = await readUpTo(request, limit, (chunk) => chunks.push(chunk));
  if (complete) return Buffer.concat(chunks);
  throw new SigningRefusal('body-too-large', `expected at most ${limit} bytes`);
}

/**
 * Reads what is left of a body and forgets it, at most `limit` bytes: a connection that is closed with unread bytes is
 * reset, and the client may never get to read why.
 */
export async function discardBody(request: IncomingMessage, limit: number): Promise<void> {
  if (!request.complete) await readUpTo(request, limit, () => undefined).catch(() => undefined);
}

/** False when there is more than that. */
async function readUpTo(
  request: IncomingMessage,
  limit: number,
  take: (chunk: Uint8Array) => void,
): Promise<boolean> {
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > limit) return false;
      take(chunk);
    }
    return true;
  } catch (cause) {
    throw new SigningRefusal('request-invalid', 'the request broke off', { cause });
  }
}
