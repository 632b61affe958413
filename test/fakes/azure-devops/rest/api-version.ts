import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

const released = 7.1;
const newest = 7.2;

/** The version that a request asks for, which its answer echoes; by query, or by `Accept`. */
export function apiVersionOf(request: IncomingMessage, query: URLSearchParams): string {
  const asked = query.get('api-version') ?? /api-version=([^;,\s]+)/i.exec(request.headers.accept ?? '')?.[1];
  const method = request.method ?? 'GET';
  if (asked === undefined) {
    if (method === 'GET' || method === 'OPTIONS') return String(released);
    throw new Refusal(
      400,
      'VssVersionNotSpecifiedException',
      `No api-version was supplied for the "${method}" request. The version must be supplied either as part of the ` +
        'Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").',
      0,
    );
  }
  return checked(asked);
}

function checked(asked: string): string {
  const [, version = '', preview] = /^(\d+\.\d+)(-preview(?:\.\d+)?)?$/.exec(asked) ?? [];
  if (version === '')
    throw new Refusal(400, 'VssInvalidApiVersionException', `The api-version "${asked}" is not valid.`, 0);
  if (Number(version) > newest)
    throw new Refusal(
      400,
      'VssVersionOutOfRangeException',
      `The requested REST API version of ${version} is out of range for this server. ` +
        `The latest REST API version this server supports is ${newest}.`,
      0,
    );
  if (Number(version) > released && preview === undefined)
    throw new Refusal(
      400,
      'VssInvalidPreviewVersionException',
      `The requested version "${version}" of the resource is under preview. The -preview flag must be supplied in ` +
        `the api-version for such requests. For example: "${version}-preview"`,
      0,
    );
  return asked;
}
