import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CiBuild } from './ci-build.ts';
import { ciSource } from './ci-source.ts';

const now = new Date('2026-03-04T05:06:07Z');
const buildOf = (commitSha: string): CiBuild => ({
  ...{ ci: 'github', host: 'github.com', owner: 'team', name: 'app', event: 'pull_request_target' },
  ...{ ref: 'refs/heads/main', eventSha: 'a'.repeat(40), commitSha, pullRequest: 7, runId: '1', notes: [] },
});

function openCheckout() {
  const directory = mkdtempSync(join(tmpdir(), 'ci-source-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
      cwd: directory,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z',
        GIT_CONFIG_GLOBAL: '/dev/null',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  git('init', '-q');
  git('commit', '-q', '--allow-empty', '-m', 'first');
  return { directory, commit: git('rev-parse', 'HEAD') };
}

test('what a CI builds has the checkout of that very commit', async () => {
  const { directory, commit } = openCheckout();
  writeFileSync(join(directory, 'new'), '');
  expect(await ciSource(buildOf(commit), { directory, now })).toEqual({
    ...{ event: 'pull_request_target', owner: 'team', name: 'app', commitSha: commit, pullRequest: 7 },
    ...{ ref: 'refs/heads/main', url: 'https://github.com/team/app', dirty: true },
    ...{ commitTime: new Date('2026-01-02T03:04:05Z'), root: directory },
  });
});

test.each([
  ['a checkout of another commit', () => openCheckout().directory],
  [
    'no checkout',
    () => {
      const directory = mkdtempSync(join(tmpdir(), 'ci-source-'));
      onTestFinished(() => rmSync(directory, { recursive: true }));
      return directory;
    },
  ],
  ['no such folder', () => join(tmpdir(), 'ci-source-that-is-not-there')],
])('what a CI builds has no root in %s', async (_, open) => {
  const source = await ciSource(buildOf('b'.repeat(40)), { directory: open(), now });
  expect(source).toMatchObject({ commitSha: 'b'.repeat(40), commitTime: now, root: '', dirty: false });
});
