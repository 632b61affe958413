import { describe, expect, test } from 'vitest';
import { load, printed, problemsOf } from './load-for-test.ts';

describe('logins', () => {
  test('name where their tokens are, never the tokens', async () => {
    const { settings } = await load(`
source:
  hosts:
    - { host: github.example.com:8443, token-file: token, ca: ca.pem }
    - { host: github.com, username: robot, token-variable: SOURCE_TOKEN }
go-modules:
  private: ['github.example.com/*', '*.corp.example.com']
  hosts:
    - { host: github.example.com, token-variable: GO_TOKEN }
`);
    expect(settings.source.hosts).toEqual([
      { host: 'github.example.com:8443', username: 'x-access-token', tokenFile: 'token', ca: 'ca.pem' },
      { host: 'github.com', username: 'robot', tokenVariable: 'SOURCE_TOKEN' },
    ]);
    expect(settings.goModules).toEqual({
      private: ['github.example.com/*', '*.corp.example.com'],
      hosts: [{ host: 'github.example.com', username: 'x-access-token', tokenVariable: 'GO_TOKEN' }],
    });
  });

  test('to write caches name a tier each, and users as registries have them', async () => {
    const { settings } = await load(`
cache:
  logins:
    - { tier: trusted, username: 'robot$cache+push', token-variable: CACHE }
    - { tier: pull-request-target, username: _json_key_base64, token-file: cache-token }
`);
    expect(settings.cache.logins).toEqual([
      { tier: 'trusted', username: 'robot$cache+push', tokenVariable: 'CACHE' },
      { tier: 'pull-request-target', username: '_json_key_base64', tokenFile: 'cache-token' },
    ]);
  });

  const anyHost = 'a host in lower case, such as "github.example.com", or host:port';
  test.each([
    [
      'source: { hosts: [{ host: g.io, token-file: a, token-variable: B }] }',
      '1:45 source.hosts[0].token-file: the token has two sources (keep "token-variable" or "token-file")',
    ],
    ['source: { hosts: [{ host: g.io }, { host: g.io }] }', '1:35 source.hosts[1]: "g.io" is given twice'],
    [
      'source: { hosts: [{ host: "https://g.io" }] }',
      `1:27 source.hosts[0].host: expected ${anyHost}, got "https://g.io"`,
    ],
    [
      'source: { hosts: [{ host: "user@g.io" }] }',
      `1:27 source.hosts[0].host: expected ${anyHost}, got "user@g.io"`,
    ],
    [
      'source: { hosts: [{ host: g.io, username: "a:b" }] }',
      '1:43 source.hosts[0].username: expected a user name of letters, digits, ".", "_", "-" and "@", got "a:b"',
    ],
    [
      'cache: { logins: [{ tier: trusted, username: "a:b", token-variable: A }] }',
      '1:46 cache.logins[0].username: expected a user name without ":" and white space, got "a:b"',
    ],
    [
      'cache: { logins: [{ tier: trusted, username: a }] }',
      '1:19 cache.logins[0]: there is no token (set "token-variable" or "token-file")',
    ],
    [
      'cache: { logins: [{ tier: local, username: a, token-file: a }, { tier: local, username: b, token-file: b }] }',
      '1:64 cache.logins[1]: "local" is given twice',
    ],
    ['source: { max-files: 0 }', '1:22 source.max-files: expected a whole number from 1 to 10000000, got 0'],
    [
      'go-modules: { private: ["*"], hosts: [{ host: g.io }] }',
      '1:39 go-modules.hosts[0]: there is no token (set "token-variable" or "token-file")',
    ],
    [
      'go-modules: { private: ["*"], hosts: [{ host: "g.io login x", token-file: a }] }',
      `1:47 go-modules.hosts[0].host: expected ${anyHost}, got "g.io login x"`,
    ],
    [
      'go-modules: { private: ["a,b"], hosts: [{ host: g.io, token-file: a }] }',
      '1:25 go-modules.private[0]: expected a pattern of module paths such as "github.example.com/*", got "a,b"',
    ],
  ])('%s is refused', async (text, problem) => {
    expect((await problemsOf(text)).map(printed)).toEqual([problem]);
  });

  test.each([
    'go-modules: { private: [], hosts: [{ host: g.io, token-file: a }] }',
    'go-modules: { private: ["*"], hosts: [] }',
    'go-modules: {}',
  ])('%s is too little', async (text) => {
    expect(await problemsOf(text)).not.toEqual([]);
  });
});
