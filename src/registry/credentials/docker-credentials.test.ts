import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../core/index.ts';
import { helperRunner } from './credential-helper.ts';
import type { Credentials } from './credentials.ts';
import { dockerCredentials } from './docker-credentials.ts';

interface Setup {
  /** Contents of config.json; absent: no file. */
  readonly config?: object | string;
  /** `DOCKER_AUTH_CONFIG`. */
  readonly variable?: string;
  /** Shell bodies by helper name; stdin is in `$server`. */
  readonly helpers?: Readonly<Record<string, string>>;
  readonly deadline?: number;
  readonly google?: Credentials;
}

async function find(registry: string, { config, variable, helpers = {}, deadline, google }: Setup) {
  const directory = await mkdtemp(join(tmpdir(), 'credentials-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const configPath = join(directory, 'config.json');
  if (config !== undefined)
    await writeFile(configPath, typeof config === 'string' ? config : JSON.stringify(config));
  const bin = join(directory, 'bin');
  await mkdir(bin);
  for (const [name, body] of Object.entries(helpers)) {
    const path = join(bin, `docker-credential-${name}`);
    await writeFile(path, `#!/bin/sh\n[ "$1" = get ] || exit 9\nserver=$(cat)\n${body}\n`);
    await chmod(path, 0o755);
  }
  const run = helperRunner({
    environment: { PATH: [bin, '/usr/bin', '/bin'].join(delimiter) },
    ...(deadline === undefined ? {} : { deadline }),
  });
  const inEnvironment = variable === undefined ? undefined : new Secret(variable);
  const found = await dockerCredentials({ configPath, inEnvironment, run, google: async () => google })(
    registry,
  );
  return found && plain(found);
}

function plain(credentials: Credentials): string {
  return credentials.kind === 'password'
    ? `${credentials.username}/${credentials.password.reveal()}`
    : `token/${credentials.token.reveal()}`;
}

const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });
const says = (username: string, secret: string) =>
  `printf '{"ServerURL":"x","Username":"${username}","Secret":"%s"}' "${secret}"`;
const notFound = 'echo "credentials not found in native keychain"; exit 1';
const host = 'registry.example:5000';
const hub = 'index.docker.io';

describe('credentials', () => {
  test.each<[string, string, Setup, string | undefined]>([
    ['no file', host, {}, undefined],
    [
      'a variable that wins over the file',
      host,
      {
        variable: JSON.stringify({ auths: { [host]: auth('var:pass') } }),
        config: { auths: { [host]: auth('ann:pass') } },
      },
      'var/pass',
    ],
    [
      'a variable that does not know the host',
      host,
      { variable: '{"auths":{}}', config: { auths: { [host]: auth('ann:pass') } } },
      'ann/pass',
    ],
    ['an empty file of settings', host, { config: {} }, undefined],
    ['another host', host, { config: { auths: { 'registry.example': auth('a:b') } } }, undefined],
    ['the host', host, { config: { auths: { [host]: auth('ann:pass') } } }, 'ann/pass'],
    ['a colon in the password', host, { config: { auths: { [host]: auth('ann:pa:ss:') } } }, 'ann/pa:ss:'],
    [
      'a URL as the key',
      host,
      { config: { auths: { [`https://${host}/v2/`]: auth('ann:pass') } } },
      'ann/pass',
    ],
    [
      'user and password apart',
      host,
      { config: { auths: { [host]: { username: 'ann', password: 'p' } } } },
      'ann/p',
    ],
    [
      'an identity token',
      host,
      { config: { auths: { [host]: { ...auth('x:y'), identitytoken: 'tok' } } } },
      'token/tok',
    ],
    ['an empty entry', host, { config: { auths: { [host]: {} } } }, undefined],
    [
      'Docker Hub under its old name',
      hub,
      { config: { auths: { 'https://index.docker.io/v1/': auth('ann:hub') } } },
      'ann/hub',
    ],
    [
      'Docker Hub under its short name',
      hub,
      { config: { auths: { 'docker.io': auth('ann:hub') } } },
      'ann/hub',
    ],
    ['a name of Object.prototype', 'constructor', { config: { auths: {} } }, undefined],
    [
      'a helper of the host before everything else',
      host,
      {
        config: { credHelpers: { [host]: 'one' }, credsStore: 'two', auths: { [host]: auth('in:line') } },
        helpers: { one: says('ann', '$server'), two: says('no', 'no') },
      },
      `ann/${host}`,
    ],
    [
      'the general store before the file',
      host,
      {
        config: { credsStore: 'two', auths: { [host]: auth('in:line') } },
        helpers: { two: says('ann', 'stored') },
      },
      'ann/stored',
    ],
    [
      'the file when the store has nothing',
      host,
      { config: { credsStore: 'two', auths: { [host]: auth('in:line') } }, helpers: { two: notFound } },
      'in/line',
    ],
    [
      'the store asked for Docker Hub by its old name',
      hub,
      { config: { credsStore: 's' }, helpers: { s: says('ann', '$server') } },
      'ann/https://index.docker.io/v1/',
    ],
    [
      'a helper that gives an identity token',
      host,
      { config: { credsStore: 's' }, helpers: { s: says('<token>', 'tok') } },
      'token/tok',
    ],
    [
      'a helper that says not found on stderr',
      host,
      { config: { credsStore: 's' }, helpers: { s: `{ ${notFound}; } >&2` } },
      undefined,
    ],
    [
      'a helper that answers with nothing',
      host,
      { config: { credsStore: 's' }, helpers: { s: says('', '') } },
      undefined,
    ],
  ])('from %s', async (_, registry, setup, expected) => {
    expect(await find(registry, setup)).toBe(expected);
  });

  test.each<[string, Setup, string]>([
    ['no JSON', { config: '{"auths": {"x": {"auth": s3cr3t' }, 'is not valid JSON'],
    ['a list', { config: '[]' }, 'expected the file to be an object'],
    ['auths as a list', { config: { auths: [] } }, 'expected "auths" to be an object'],
    ['a credsStore that is no text', { config: { credsStore: 7 } }, 'expected "credsStore" to be a text'],
    [
      'an auth without a user',
      { config: { auths: { [host]: { auth: 's3cr3t' } } } },
      `expected "auth" of "${host}" to be the base64 text of user:password`,
    ],
    [
      'a helper that is a path',
      { config: { credsStore: '../evil' } },
      'the name of a credential helper is not a plain word',
    ],
    [
      'a helper that is not installed',
      { config: { credsStore: 'gone' } },
      'credential helper "docker-credential-gone" is not installed',
    ],
    [
      'a helper that fails',
      { config: { credsStore: 's' }, helpers: { s: 'echo s3cr3t >&2; exit 3' } },
      'credential helper "docker-credential-s" failed with exit code 3',
    ],
    [
      'a helper that prints no JSON',
      { config: { credsStore: 's' }, helpers: { s: 'echo s3cr3t' } },
      'credential helper "docker-credential-s" did not print Username and Secret',
    ],
    [
      'a helper that never answers',
      { config: { credsStore: 's' }, helpers: { s: 'sleep 20' }, deadline: 50 },
      'credential helper "docker-credential-s" was stopped, expected a short answer in time',
    ],
    [
      'a helper that never stops talking',
      { config: { credsStore: 's' }, helpers: { s: 'exec yes' } },
      'credential helper "docker-credential-s" was stopped, expected a short answer in time',
    ],
  ])('%s is an error that names the file and shows no secret', async (_, setup, reason) => {
    const error = await find(host, setup).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'config.invalid',
      message: expect.stringMatching(/^docker config ".*config\.json": /),
      details: { problems: [{ message: reason, source: expect.stringMatching(/config\.json$/) }] },
    });
    expect(`${error}${JSON.stringify(error)}`).not.toContain('s3cr3t');
  });

  test('come from Google only when Docker knows nothing', async () => {
    const google: Credentials = {
      kind: 'password',
      username: 'oauth2accesstoken',
      password: new Secret('ya29'),
    };
    expect(await find('europe-docker.pkg.dev', { google })).toBe('oauth2accesstoken/ya29');
    expect(await find(host, { google, config: { auths: { [host]: auth('ann:pass') } } })).toBe('ann/pass');
  });
});
