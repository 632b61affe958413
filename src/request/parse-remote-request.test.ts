import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalRequest } from '../identity/index.ts';
import { largestRequest, type ParsedRequest, parseRemoteRequest } from './parse-remote-request.ts';

const commit = 'a'.repeat(40);
const request: ParsedRequest = {
  source: {
    owner: 'team',
    name: 'app',
    event: 'push',
    ref: 'refs/heads/main',
    eventSha: commit,
    commitSha: commit,
    runId: '7',
  },
  build: {
    dockerfile: './Dockerfile',
    context: '.',
    tags: [],
    buildArgs: ['VERSION=1'],
    buildContexts: [],
    secrets: [],
    platforms: ['linux/amd64'],
    exportTags: false,
    useRestrictedRegistry: false,
    useGoModules: false,
    registries: [],
    noCache: false,
  },
};

const bytesOf = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const document = (changes: { source?: object; build?: object } = {}) => ({
  version: 1,
  request: {
    source: { ...request.source, ...changes.source },
    build: { ...request.build, ...changes.build },
  },
});

describe('a request of a caller elsewhere', () => {
  test('is read as it was written', () => {
    expect(parseRemoteRequest(bytesOf(canonicalRequest(request)))).toEqual(request);
  });

  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /"request": is not JSON/],
    ['a name twice', '{"version":1,"version":1}', /has a name twice/],
    ['another version', { ...document(), version: 2 }, /"version"/],
    ['no source', { version: 1, request: { build: request.build } }, /"request.source"/],
    ['a field that nobody knows', document({ build: { privileged: true } }), /"request.build"/],
    ['an event of a laptop', document({ source: { event: 'local' } }), /"request.source.event"/],
    ['a pull request number as text', document({ source: { pullRequest: '7' } }), /pullRequest/],
    ['a pull request number below one', document({ source: { pullRequest: 0 } }), /pullRequest/],
    ['half a character', '{"version":1,"request":{"source":{"owner":"\\ud800"}}}', /owner/],
    [
      'a build argument from our environment',
      document({ build: { buildArgs: ['HOME'] } }),
      /buildArgs.0.*NAME=value/,
    ],
    [
      'a secret of our machine',
      document({ build: { secrets: ['id=a,env=TOKEN'] } }),
      /secrets.0.*not for callers/,
    ],
    ['a switch as text', document({ build: { noCache: 'false' } }), /noCache/],
    ['too much', ' '.repeat(largestRequest + 1), /expected at most/],
  ])('is refused with %s', (_, value, message) => {
    expect(() => parseRemoteRequest(bytesOf(value))).toThrow(
      expect.objectContaining({ code: 'request.invalid', message: expect.stringMatching(message) }),
    );
  });

  test('is refused, and nothing else happens, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(bytesOf)), (bytes) => {
        expect(() => parseRemoteRequest(bytes)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
      }),
    );
  });
});
