import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openGitStand, plantedToken } from '../../test/fakes/git-server/git-stand.ts';
import { commitAt, fetchedSource } from '../ci/index.ts';
import { loadSettings } from '../config/index.ts';
import { fetchOptions } from './fetch-options.ts';

async function optionsOf(text: string, folder: string, environment: Record<string, string> = {}) {
  const { settings } = await loadSettings({
    env: {},
    shippedConfig: { path: 'c.yaml', text },
    checks: { checkTemplate: () => undefined, checkPattern: () => undefined },
  });
  return fetchOptions({
    settings,
    environment: { PATH: process.env.PATH, ...environment },
    resolvePath: (path) => join(folder, path),
    emit: () => undefined,
  });
}

test('a configured server gives out source to its token', async () => {
  const { server, repository, folder, request } = await openGitStand();
  writeFileSync(join(folder, 'token'), `${plantedToken}\n`);
  const commitSha = repository.commit({ a: 'one' });
  const options = await optionsOf(
    `source: { hosts: [{ host: '${server.host}', ca: ca.pem, token-file: token }], timeout: 1m }`,
    folder,
  );
  const reader = fetchedSource(request(commitSha), { ...options, folder: join(folder, 'source') });
  expect(await reader.read()).toMatchObject({ commitSha, root: join(folder, 'source') });
  expect(await commitAt(request(commitSha), 'refs/heads/main', options)).toBe(commitSha);
});

test('nothing but public source of github.com is fetched by default', async () => {
  const { servers, submodules } = await optionsOf('', '/');
  expect({ servers, submodules }).toEqual({
    servers: [{ host: 'github.com', username: 'x-access-token' }],
    submodules: false,
  });
});

test.each([
  [
    'source: { hosts: [{ host: g.io, ca: nothing.pem }] }',
    'the authorities in "/nothing.pem" cannot be used',
  ],
  ['source: { hosts: [{ host: g.io, token-file: nothing }] }', 'the token in /nothing cannot be used'],
  [
    'source: { hosts: [{ host: g.io, token-variable: NOTHING }] }',
    'the token in variable NOTHING cannot be used',
  ],
])('%s is refused before anybody is called', async (text, message) => {
  await expect(optionsOf(text, '/')).rejects.toMatchObject({ code: 'config.invalid', message });
});
