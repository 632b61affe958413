import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ImageBuilderError } from '../core/index.ts';
import { type HttpResponse, redactUrl } from '../http/index.ts';
import type { Descriptor, Digest, Repository } from '../oci/index.ts';
import type { RegistryApi, RegistryCall } from './registry-api.ts';
import { asRegistryFailure, expectStatus } from './registry-failure.ts';

export interface BlobCall {
  readonly repository: Repository;
  readonly digest: Digest;
}

function callFor({ repository, digest }: BlobCall, method: 'GET' | 'HEAD'): RegistryCall {
  return { repository, method, target: `blobs/${digest}`, actions: ['pull'] };
}

/** Whether the repository holds the blob; one attempt, for use within a retried work. */
export async function blobExists(api: RegistryApi, call: BlobCall): Promise<boolean> {
  const head = callFor(call, 'HEAD');
  return api.exchange(head, async (response) => {
    await expectStatus(response, head, [200, 404]);
    return response.status === 200;
  });
}

/** Whether the repository holds the blob. */
export async function hasBlob(api: RegistryApi, call: BlobCall): Promise<boolean> {
  return api.retrying(() => blobExists(api, call));
}

/** Streams a blob; the stream fails with `registry.corrupt` when size or digest is not what the descriptor says. */
export async function openBlob(
  api: RegistryApi,
  repository: Repository,
  descriptor: Descriptor,
): Promise<Readable> {
  const get = callFor({ repository, digest: descriptor.digest }, 'GET');
  const response = await api.retrying(async () => {
    const answer = await api.send(get);
    try {
      await expectStatus(answer, get, [200]);
    } catch (error) {
      answer.discard();
      throw error;
    }
    return answer;
  });
  const stream = Readable.from(verified(response, descriptor), { objectMode: false });
  return stream.once('close', () => response.discard());
}

async function* verified(response: HttpResponse, { digest, size }: Descriptor): AsyncGenerator<Uint8Array> {
  const [algorithm = '', hex] = digest.split(':');
  const hash = createHash(algorithm);
  const url = redactUrl(response.url);
  const corrupt = (reason: string) => new ImageBuilderError('registry.corrupt', `${url}: ${reason}`, { url });
  let received = 0;
  try {
    for await (const chunk of response.stream()) {
      received += chunk.length;
      if (received > size) throw corrupt(`expected ${size} bytes, got more`);
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw asRegistryFailure(error);
  }
  if (received !== size) throw corrupt(`expected ${size} bytes, got ${received}`);
  const actual = hash.digest('hex');
  if (actual !== hex) throw corrupt(`expected ${digest}, got ${algorithm}:${actual}`);
}
