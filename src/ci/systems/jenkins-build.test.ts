import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { readCiBuild } from '../index.ts';
import type { Environment } from './ci-build.ts';

const base = '1f0c4a2d9b7e6a5c3d8f0b1e2a4c6d8e0f1a2b3c';
const head = 'c3d4e5f60718293a4b5c6d7e8f901a2b3c4d5e6f';

const controller = {
  JENKINS_HOME: '/var/jenkins_home',
  GIT_URL: 'https://github.com/team/app.git',
  GIT_COMMIT: head,
  BRANCH_NAME: 'main',
  BUILD_NUMBER: '42',
  BUILD_URL: 'https://jenkins.example.com/job/app/42/',
};
const pull = { BRANCH_NAME: 'PR-12', CHANGE_ID: '12', CHANGE_TARGET: 'main', CHANGE_BASE_SHA: base };

const read = (changes: Environment = {}) => readCiBuild({ ...controller, ...changes }, readFile);

describe('a Jenkins build', () => {
  test('of a branch is a push', async () => {
    expect(await read()).toEqual({
      ci: 'jenkins',
      host: 'github.com',
      owner: 'team',
      name: 'app',
      event: 'push',
      ref: 'refs/heads/main',
      eventSha: head,
      commitSha: head,
      runId: '42',
      runUrl: 'https://jenkins.example.com/job/app/42/',
      notes: [],
    });
  });

  test('of a pull request has its target for the base, not its own branch', async () => {
    expect(await read({ ...pull, CHANGE_BRANCH: 'greet' })).toMatchObject({
      event: 'pull_request_target',
      ref: 'refs/heads/main',
      eventSha: base,
      commitSha: head,
      pullRequest: 12,
      notes: [],
    });
  });

  test('takes CHANGE_BRANCH for the base as deployed pipelines set it, and says so', async () => {
    const build = await read({ ...pull, CHANGE_TARGET: undefined, CHANGE_BRANCH: 'main' });
    expect(build).toMatchObject({ ref: 'refs/heads/main' });
    expect(build?.notes).toEqual([
      'CHANGE_TARGET is not set, so CHANGE_BRANCH "main" counts as the base, as it did in earlier versions; for Jenkins it is the head',
    ]);
  });

  test.each([
    'https://github.com/team/app.git',
    'https://github.com/team/app',
    'git@github.com:team/app.git',
    'ssh://git@github.com/team/app.git',
    'https://user:password@GitHub.com/team/app.git',
  ])('knows its repository by %s', async (url) => {
    expect(await read({ GIT_URL: url })).toMatchObject({ host: 'github.com', owner: 'team', name: 'app' });
  });

  test.each([
    [{ BRANCH_NAME: 'feature/a' }, 'refs/heads/feature/a'],
    [{ BRANCH_NAME: undefined, GIT_BRANCH: 'origin/main' }, 'refs/heads/main'],
    [{ BRANCH_NAME: undefined, GIT_BRANCH: 'refs/remotes/origin/main' }, 'refs/heads/main'],
    [{ BRANCH_NAME: undefined, GIT_BRANCH: 'main' }, 'refs/heads/main'],
    [{ BRANCH_NAME: undefined, GIT_BRANCH: 'refs/tags/v1' }, 'refs/tags/v1'],
    [{ BRANCH_NAME: 'v1', TAG_NAME: 'v1' }, 'refs/tags/v1'],
  ])('with %j is of %s', async (changes, ref) => {
    expect(await read(changes)).toMatchObject({ ref });
  });

  test('has no link without a configured address of Jenkins', async () => {
    expect(await read({ BUILD_URL: undefined })).not.toHaveProperty('runUrl');
  });

  test.each([
    [{ GIT_URL: '' }, 'variable "GIT_URL" is not set'],
    [{ GIT_URL: 'https://u:hunter2@host/' }, 'variable "GIT_URL" names no repository on a server'],
    [{ GIT_URL: 'https://github.com/team/a b.git' }, '"team/a%20b" on "github.com" can be no repository'],
    [{ GIT_COMMIT: undefined }, 'variable "GIT_COMMIT" is not set'],
    [{ BUILD_NUMBER: undefined }, 'variable "BUILD_NUMBER" is not set'],
    [{ BRANCH_NAME: undefined }, 'variable "BRANCH_NAME" is not set'],
    [{ BRANCH_NAME: undefined, GIT_BRANCH: 'detached' }, 'variable "BRANCH_NAME" is not set'],
    [{ ...pull, CHANGE_TARGET: undefined }, 'variable "CHANGE_TARGET" is not set'],
    [{ ...pull, CHANGE_BASE_SHA: undefined }, 'variable "CHANGE_BASE_SHA" is not set'],
    [{ ...pull, CHANGE_ID: 'PR-12' }, 'variable "CHANGE_ID" is "PR-12", expected a whole number above zero'],
  ])('with %j is refused', async (changes, message) => {
    await expect(read(changes)).rejects.toMatchObject({ code: 'request.invalid', message });
  });
});
