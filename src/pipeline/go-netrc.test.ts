import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../core/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { goNetrcPath, placeGoNetrc } from './go-netrc.ts';

async function place(secrets: BuildPlan['secrets']) {
  const workFolder = await mkdtemp(join(tmpdir(), 'go-netrc-'));
  onTestFinished(() => rm(workFolder, { recursive: true }));
  const logins = [
    { host: 'a.example.com', username: 'x-access-token', token: new Secret('one') },
    { host: 'b.example.com:8443', username: 'robot', token: new Secret('two') },
  ];
  const plan = { secrets } as BuildPlan;
  const placed = await placeGoNetrc({ plan, workFolder, ports: { goLogins: async () => logins } });
  return { placed, workFolder, path: goNetrcPath(workFolder) };
}

test('the logins are in a file for us alone, and gone afterwards', async () => {
  const { placed, path } = await place([{ id: 'go-netrc', kind: 'go-modules' }]);
  expect(readFileSync(path, 'utf8')).toBe(
    `machine a.example.com login x-access-token password one
machine b.example.com:8443 login robot password two
machine b.example.com login robot password two
`,
  );
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await placed[Symbol.asyncDispose]();
  expect(existsSync(path)).toBe(false);
});

test('a build that does not get them has no such file', async () => {
  const { placed, workFolder } = await place([{ id: 'go-netrc', kind: 'environment', variable: 'X' }]);
  expect(readdirSync(workFolder)).toEqual([]);
  await placed[Symbol.asyncDispose]();
});
