import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { readCiBuild } from '../index.ts';
import type { Environment } from './ci-build.ts';

const base = '1f0c4a2d9b7e6a5c3d8f0b1e2a4c6d8e0f1a2b3c';
const head = 'c3d4e5f60718293a4b5c6d7e8f901a2b3c4d5e6f';

const agent = {
  TF_BUILD: 'True',
  BUILD_BUILDID: '4711',
  SYSTEM_COLLECTIONURI: 'https://dev.azure.com/team/',
  SYSTEM_TEAMPROJECT: 'My Project',
  REPO_NAME: 'app',
  REPO_OWNER: 'team',
  JOB_TYPE: 'postsubmit',
  PULL_BASE_SHA: base,
};

const read = (changes: Environment = {}) => readCiBuild({ ...agent, ...changes }, readFile);

const common = {
  ci: 'azure',
  host: 'github.com',
  owner: 'team',
  name: 'app',
  runId: '4711',
  runUrl: 'https://dev.azure.com/team/My%20Project/_build/results?buildId=4711',
  notes: [],
};
const presubmit = { JOB_TYPE: 'presubmit', PULL_NUMBER: '12', PULL_PULL_SHA: head };

describe('a run on Azure DevOps', () => {
  test.each([
    [{}, { event: 'push', eventSha: base, commitSha: base }],
    [
      { PULL_NUMBER: '0', PULL_PULL_SHA: '' },
      { event: 'push', eventSha: base, commitSha: base },
    ],
    [{ BASE_REF: 'main' }, { event: 'push', ref: 'refs/heads/main', eventSha: base, commitSha: base }],
    [
      { JOB_TYPE: 'schedule', BASE_REF: 'refs/heads/main' },
      { event: 'schedule', ref: 'refs/heads/main', eventSha: base, commitSha: base },
    ],
    [
      { JOB_TYPE: 'workflow_dispatch', BASE_REF: 'refs/tags/v1' },
      { event: 'workflow_dispatch', ref: 'refs/tags/v1', eventSha: base, commitSha: base },
    ],
    [presubmit, { event: 'pull_request_target', eventSha: base, commitSha: head, pullRequest: 12 }],
    [
      { JOB_TYPE: 'merge_group', PULL_NUMBER: '0', PULL_PULL_SHA: head },
      { event: 'merge_group', eventSha: head, commitSha: head },
    ],
    [{ JOB_TYPE: 'merge_group' }, { event: 'merge_group', eventSha: base, commitSha: base }],
  ])('with %j says what the deployed pipeline says', async (changes, wanted) => {
    expect(await read(changes)).toEqual({ ...common, ...wanted });
  });

  test('has no link where the agent does not say where it is', async () => {
    expect(await read({ SYSTEM_COLLECTIONURI: undefined })).not.toHaveProperty('runUrl');
  });

  test.each([
    [{ JOB_TYPE: 'release' }, 'job type "release" is not supported'],
    [{ JOB_TYPE: 'toString' }, 'job type "toString" is not supported'],
    [{ JOB_TYPE: undefined }, 'variable "JOB_TYPE" is not set'],
    [{ REPO_NAME: '' }, 'variable "REPO_NAME" is not set'],
    [{ REPO_OWNER: 'a b' }, '"a b/app" on "github.com" can be no repository'],
    [{ PULL_BASE_SHA: '' }, 'variable "PULL_BASE_SHA" is not set'],
    [{ ...presubmit, PULL_PULL_SHA: '' }, 'variable "PULL_PULL_SHA" is not set'],
    [{ ...presubmit, PULL_NUMBER: '0' }, 'variable "PULL_NUMBER" is "0", expected a whole number above zero'],
    [{ ...presubmit, PULL_NUMBER: '' }, 'variable "PULL_NUMBER" is not set'],
    [{ BASE_REF: 'a b' }, '"refs/heads/a b" is no full ref'],
    [{ BUILD_BUILDID: undefined }, 'variable "BUILD_BUILDID" is not set'],
  ])('with %j is refused', async (changes, message) => {
    await expect(read(changes)).rejects.toMatchObject({ code: 'request.invalid', message });
  });
});
