import { execFileSync, spawn } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { bundleOptions } from '../../scripts/bundle-options.ts';
import { startFakeIssuer } from '../../test/fakes/oidc-issuer/fake-issuer.ts';
import { workflow } from '../../test/fakes/oidc-issuer/github-claims.ts';
import { testAuthority } from '../../test/fakes/oidc-issuer/open-trust.ts';
import { requestAudience } from '../identity/index.ts';

const authority = await testAuthority();
const issuer = await startFakeIssuer({ authority, clock: () => new Date() });
const folder = await mkdtemp(join(tmpdir(), 'image-builder-token-'));
const output = join(folder, 'identity.json');
afterAll(async () => {
  await issuer.close();
  await rm(folder, { recursive: true });
});

const ca = join(folder, 'ca.pem');
await writeFile(ca, authority.ca);

/** Bundled, it starts in half the time that it takes from its sources. */
const program = join(folder, 'program.mjs');
const entry = join(import.meta.dirname, 'main.ts');
await build({ ...(await bundleOptions()), entryPoints: [entry], outfile: program });

async function configFile(name: string, changes: object = {}): Promise<string> {
  const trusted = {
    name: 'fake',
    kind: 'github',
    issuer: issuer.url,
    'github-url': 'https://github.example',
    audience: { kind: 'static', value: 'image-builder' },
    'job-workflow-refs': [workflow],
    ...changes,
  };
  const path = join(folder, name);
  await writeFile(path, JSON.stringify({ identity: { issuers: [trusted], 'accepted-after-issue': '10m' } }));
  return path;
}

const config = await configFile('static.yaml');

interface Run {
  readonly args?: readonly string[];
  readonly token?: string;
  readonly directory?: string;
  readonly configPath?: string;
}

/** The program in a process of its own, since only that can be told to believe a private authority. */
async function verify({ args = [], token, directory = folder, configPath = config }: Run) {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [program, 'token', 'verify', ...args], {
    cwd: directory,
    env: {
      PATH,
      NODE_EXTRA_CA_CERTS: ca,
      IMAGE_BUILDER_CONFIG: configPath,
      ...(token === undefined ? {} : { AUTHORIZATION: token }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exitCode: await closed, stdout, stderr };
}

const stale = '{"github_url":"stale"}';

describe('token verify', { timeout: 30_000 }, () => {
  test('says who sent the token of $AUTHORIZATION, and writes what the deployed pipeline reads', async () => {
    const found = await verify({ token: issuer.token(), args: ['--output-path', output] });
    expect(found).toEqual({
      exitCode: 0,
      stdout: `the token is that of kyma-project/app, push, refs/heads/main, ${'a'.repeat(40)}, run 777, says issuer "fake"\n`,
      stderr: '',
    });
    expect(await readFile(output, 'utf8')).toBe(
      '{"github_url":"https://github.example","client_id":"image-builder"}\n',
    );
  });

  test('takes the token of --token before that of the environment', async () => {
    const found = await verify({ token: 'wrong', args: ['--token', issuer.token(), '--json'] });
    expect(found).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(found.stdout)).toMatchObject({ issuer: 'fake', claims: { runId: '777' } });
  });

  test('takes a token for as long as the command line says', async () => {
    const iat = Math.floor(Date.now() / 1000) - 1200;
    const token = issuer.token({ claims: { iat, exp: iat + 300 } });
    expect(await verify({ token, args: ['--oidc-token-expiration-time=20'] })).toMatchObject({ exitCode: 0 });
    const { exitCode, stderr } = await verify({ token });
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('its "iat" is too long ago')]);
  });

  test('rejects a token, shows nothing of it and leaves no result of an earlier one', async () => {
    await writeFile(output, stale);
    const token = issuer.token({ claims: { job_workflow_ref: workflow.replace('main', 'topic') } });
    const found = await verify({ args: ['--debug', '--token', token, '--output-path', output] });
    expect(found).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: [
        'error: the token is rejected: its "job_workflow_ref" has a value that is not allowed',
        `hint: allowed: "${workflow}"`,
        'code: identity.rejected',
        '',
      ].join('\n'),
    });
    await expect(access(output)).rejects.toThrow('ENOENT');
  });

  test('rejects a token that is bound to a request, which it does not see', async () => {
    const configPath = await configFile('bound.yaml', { audience: { kind: 'bound' } });
    const source = {
      owner: 'o',
      name: 'n',
      event: 'push',
      ref: 'r',
      eventSha: 'a',
      commitSha: 'a',
      runId: '1',
    } as const;
    const token = issuer.token({ claims: { aud: requestAudience({ source, build: {} }) } });
    const found = await verify({ token, configPath, args: ['--output-path', output] });
    expect(found).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('its "aud" binds the token'),
    });
    await expect(access(output)).rejects.toThrow('ENOENT');
  });

  test('never asks a checkout whom to believe', async () => {
    await writeFile(join(folder, 'image-builder.yaml'), await readFile(config));
    execFileSync('git', ['init', '--quiet', folder]);
    const found = await verify({ token: issuer.token(), configPath: '' });
    expect(found).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('"iss" is none of the trusted'),
    });
  });

  test('says that the issuer is down with an exit code of its own', async () => {
    const gone = await configFile('gone.yaml', { issuer: `${issuer.url}/gone` });
    const token = issuer.token({ claims: { iss: `${issuer.url}/gone` } });
    const found = await verify({ token, configPath: gone });
    expect(found).toMatchObject({
      exitCode: 5,
      stderr: 'error: issuer "fake" does not give out its keys: it answers 404\n',
    });
  });

  test('refuses to believe somebody when nobody is configured', async () => {
    const configPath = join(folder, 'empty.yaml');
    await writeFile(configPath, '{}');
    expect(await verify({ token: issuer.token(), configPath })).toMatchObject({
      exitCode: 2,
      stderr: [
        `error: configuration "${configPath}" is incomplete`,
        `  ${configPath}: identity: no issuer of tokens is trusted`,
        '    add "identity" with the issuers whose tokens are believed',
        '',
      ].join('\n'),
    });
  });

  test.each<[string, (token: string) => readonly string[], string]>([
    ['no token', () => [], 'no token is given'],
    ['a token without its flag', (token) => [token], 'unexpected argument "eyJ0eXAi…"'],
    [
      'a token for the minutes',
      (token) => ['--token=x', '--oidc-token-expiration-time', token],
      'expects a whole number from 1 to 1440',
    ],
    [
      'no minutes',
      () => ['--token=x', '--oidc-token-expiration-time=0'],
      'expects a whole number from 1 to 1440',
    ],
    [
      'negative minutes',
      () => ['--token=x', '--oidc-token-expiration-time=-5'],
      'expects a whole number from 1 to 1440',
    ],
  ])('refuses %s', async (_, args, message) => {
    const token = issuer.token();
    const found = await verify({ args: args(token) });
    expect(found).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect(found.stderr).not.toContain(token.slice(0, 20));
  });
});
