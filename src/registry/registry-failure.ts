import { ImageBuilderError, throwIfCancelled } from '../core/index.ts';
import { HttpError, type HttpMethod, type HttpResponse, redactUrl } from '../http/index.ts';
import { printRepository, type Repository } from '../oci/index.ts';

/** An error body is a few hundred bytes; more is not worth reading. */
const maxErrorBody = 64 * 1024;
const maxErrorText = 200;

export interface RefusedCall {
  readonly method: HttpMethod;
  readonly repository: Repository;
}

/** Turns a fault of the transport into ours, once, at the border of this module; other errors pass unchanged. */
export function asRegistryFailure(error: unknown): unknown {
  if (!(error instanceof HttpError)) return error;
  const { method, status, fault, hint } = error.facts;
  const options = { cause: error, hint };
  if (fault === 'response')
    return new ImageBuilderError('registry.corrupt', error.message, { url: error.url }, options);
  const details = { method, url: error.url, ...(status === undefined ? {} : { status }) };
  return new ImageBuilderError('registry.unavailable', error.message, details, options);
}

/** Returns when the answer has one of these statuses, and throws `registry.refused` with the registry's code if not. */
export async function expectStatus(
  response: HttpResponse,
  call: RefusedCall,
  statuses: readonly number[],
): Promise<void> {
  if (!statuses.includes(response.status)) throw await refusal(response, call);
}

async function refusal(response: HttpResponse, call: RefusedCall): Promise<ImageBuilderError> {
  const { status } = response;
  const url = redactUrl(response.url);
  const { code, message } = await registryError(response);
  const said = [status, code, message === undefined ? undefined : `"${message}"`];
  return new ImageBuilderError(
    'registry.refused',
    `${call.method} ${url}: ${said.filter((part) => part !== undefined).join(' ')}`,
    { method: call.method, url, status, ...(code === undefined ? {} : { registryCode: code }) },
    { hint: hintFor(status, call.repository) },
  );
}

function hintFor(status: number, repository: Repository): string | undefined {
  if (status === 401) return `log in first, for example with: docker login ${repository.registry}`;
  if (status === 403) return `the account in use lacks a permission on "${printRepository(repository)}"`;
  if (status === 404)
    return `"${printRepository(repository)}" may not exist, or not be visible to the account in use`;
  if (status < 400)
    return `"${repository.registry}" does not answer like a registry; check its name and port`;
  return undefined;
}

/** The first entry of the error body of distribution specification v1.1, made fit to print. */
async function registryError(response: HttpResponse): Promise<{ code?: string; message?: string }> {
  const body = await response.json(maxErrorBody).catch((error: unknown) => {
    throwIfNotHttp(error);
    return undefined;
  });
  const untrusted = (body as { errors?: { code?: unknown; message?: unknown }[] } | null | undefined)
    ?.errors?.[0];
  const { code, message } = untrusted ?? {};
  return {
    ...(typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code) ? { code } : {}),
    ...(typeof message === 'string' && message !== '' ? { message: printable(message) } : {}),
  };
}

function throwIfNotHttp(error: unknown): void {
  if (!(error instanceof HttpError)) throw error;
}

function printable(untrustedText: string): string {
  return untrustedText
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, maxErrorText);
}

/** Runs `work` and lets only our own errors out; a cancellation wins over what it caused. */
export async function atBorder<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throwIfCancelled(signal);
    throw asRegistryFailure(error);
  }
}
