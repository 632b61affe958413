import { describe, expect, test } from 'vitest';
import { Secret } from '../core/index.ts';
import { HttpError } from './http-error.ts';
import type { HttpRequest } from './http-request.ts';
import { followRedirect } from './redirect.ts';

const request: HttpRequest = {
  method: 'GET',
  url: new URL('https://registry.example/v2/a/blobs/x'),
  authorization: new Secret('Bearer abc'),
  headers: { accept: '*/*', cookie: 'session=1', 'x-registry-auth': 'abc', range: 'bytes=1-' },
};

function follow(
  location: string | undefined,
  changes: Partial<HttpRequest> = {},
  status = 307,
  followed = 0,
) {
  return followRedirect({ ...request, ...changes }, { status, location, followed });
}

describe('a redirect', () => {
  test('within the origin keeps the credentials', () => {
    const next = follow('/v2/b');
    expect(next?.url.href).toBe('https://registry.example/v2/b');
    expect(next?.authorization?.reveal()).toBe('Bearer abc');
    expect(next?.headers).toEqual(request.headers);
  });

  test.each([
    ['another host', 'https://storage.example/x'],
    ['another port', 'https://registry.example:8443/x'],
    ['a host that looks alike', 'https://registry.example.evil.example/x'],
    ['a scheme-relative location', '//storage.example/x'],
    ['a host with user information', 'https://registry.example@storage.example/x'],
  ])('to %s loses every header that may be a credential', (_, location) => {
    const next = follow(location);
    expect(next?.authorization).toBeUndefined();
    expect(next?.headers).toEqual({ accept: '*/*', range: 'bytes=1-' });
    expect(next?.url.username).toBe('');
  });

  test('from http to https is another origin', () => {
    const next = follow('https://registry.example/x', { url: new URL('http://registry.example/x') });
    expect(next?.authorization).toBeUndefined();
  });

  test.each([
    ['from https to http', 'http://registry.example/x', 0],
    ['to a file', 'file:///etc/passwd', 0],
    ['that is the sixth', '/again', 5],
    ['to an invalid location', 'https://', 0],
  ])('%s is refused', (_, location, followed) => {
    expect(() => follow(location, {}, 302, followed)).toThrow(HttpError);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('of a %s is not followed', (method) => {
    expect(follow('/x', { method })).toBeUndefined();
  });

  test('that the caller wants for an answer is not followed, however harmless', () => {
    expect(follow('/v2/b', { redirects: 'answer' })).toBeUndefined();
  });

  test.each([200, 201, 202, 304, 401])('is not an answer with status %s', (status) => {
    expect(follow('/x', {}, status)).toBeUndefined();
  });

  test('without a location is an answer', () => {
    expect(follow(undefined)).toBeUndefined();
  });
});
