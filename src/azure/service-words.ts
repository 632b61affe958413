import { HttpError, type HttpResponse } from '../http/index.ts';
import { neutraliseLine } from '../progress/index.ts';
import { members } from './untrusted-json.ts';

/** An error body is a few hundred bytes; more is not worth reading. */
const maxBody = 64 * 1024;
/** Characters that a message quotes. */
const maxWords = 300;
const jsonWebToken = /(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** What a service says about a refusal, fit to print. */
export interface ServiceWords {
  /** Its own word for the fault, for example `PipelineValidationException`. */
  readonly typeKey?: string;
  readonly message?: string;
}

/** The error body of Azure DevOps: JSON, sometimes after a byte order mark, or plain text. A page has no words. */
export async function serviceWords(
  response: HttpResponse,
  secrets: readonly string[],
): Promise<ServiceWords> {
  const untrustedText = await errorBody(response);
  const { typeKey, message } = members(parseJson(untrustedText));
  const isPlain = /^text\/plain\b/i.test(response.header('content-type') ?? '');
  const words = typeof message === 'string' ? message : isPlain ? untrustedText : '';
  return printableWords(typeKey, words, secrets);
}

/** A service may quote what it was sent, anywhere. */
export function printableWords(
  untrustedKey: unknown,
  untrustedWords: string,
  secrets: readonly string[],
): ServiceWords {
  const typeKey = typeof untrustedKey === 'string' ? printable(untrustedKey, secrets) : '';
  const message = printable(untrustedWords, secrets);
  return {
    ...(/^[\w.]{1,100}$/.test(typeKey) ? { typeKey } : {}),
    ...(message === '' ? {} : { message }),
  };
}

/** The body of a refusal; one that is too long or breaks off says nothing, and the status stands. */
export async function errorBody(response: HttpResponse): Promise<string> {
  try {
    return await response.text(maxBody);
  } catch (error) {
    if (error instanceof HttpError) return '';
    throw error;
  }
}

export function parseJson(untrustedText: string): unknown {
  try {
    return JSON.parse(untrustedText);
  } catch {
    return undefined;
  }
}

/** One line that no runner obeys, cut, and without our secrets in any form in which they were sent. */
function printable(untrustedText: string, secrets: readonly string[]): string {
  const withoutSecrets = secrets
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '[secret]'), untrustedText);
  const line = [...neutraliseLine(withoutSecrets.replaceAll(jsonWebToken, '[secret]'))];
  return line.length > maxWords ? `${line.slice(0, maxWords).join('')}…` : line.join('');
}
