import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseArguments } from './parse-arguments.ts';
import { staging } from './pipeline-flags.ts';
import { readRequest } from './read-request.ts';

/** With what the agent of Azure DevOps would replace wherever it saw it. */
const buildArg = 'SECRET=$(SIGNIFY_KEY)';
const text = (name: string) =>
  JSON.stringify({
    version: 1,
    request: {
      source: {
        ...{ owner: 'team', name, event: 'push', ref: 'refs/heads/main', runId: '7' },
        ...{ eventSha: 'a'.repeat(40), commitSha: 'a'.repeat(40) },
      },
      build: {
        ...{ dockerfile: './Dockerfile', context: '.', buildArgs: [buildArg], tags: [], buildContexts: [] },
        ...{ secrets: [], platforms: [], registries: [] },
        ...{ exportTags: false, useRestrictedRegistry: false, useGoModules: false, noCache: false },
      },
    },
  });

async function read(args: readonly string[], variable?: string, more: Record<string, string> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'read-request-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'request.json'), text('file'));
  const environment = { IMAGE_BUILDER_REQUEST: variable, ...more };
  const { stdout, stderr } = process;
  const console = { directory, environment, stdout, stderr };
  const requestOf = await readRequest({ args: parseArguments(args, staging), console });
  return requestOf({ claims: { ref: 'refs/heads/main', runId: '7', sha: 'a'.repeat(40) } });
}

const base64 = (content: string) => Buffer.from(content).toString('base64');

test('a request is read from the environment, where nothing of it can be expanded', async () => {
  expect(base64(text('variable'))).not.toContain('$');
  expect(await read([], base64(text('variable')))).toMatchObject({
    source: { name: 'variable' },
    build: { buildArgs: [buildArg] },
  });
});

test('a request is read from the file that is named', async () => {
  const request = await read(['--request', 'request.json'], base64(text('variable')));
  expect(request).toMatchObject({ source: { name: 'file' } });
});

test.each([
  ['not there', undefined, 'usage.invalid'],
  ['empty', '', 'usage.invalid'],
  ['not in base64', text('variable'), 'request.invalid'],
  ['cut off', base64(text('variable')).slice(0, -40), 'request.invalid'],
])('a request that is %s is refused', async (_, variable, code) => {
  await expect(read([], variable)).rejects.toMatchObject({ code });
});

describe('a request in the parameters of the pipeline', () => {
  const parameters = {
    ...{ PARAMETER_RepoOwner: 'team', PARAMETER_RepoName: 'App', PARAMETER_JobType: 'postsubmit' },
    ...{ PARAMETER_PullBaseSHA: 'a'.repeat(40), PARAMETER_Name: 'app', PARAMETER_Dockerfile: './Dockerfile' },
    ...{ PARAMETER_Context: '.', PARAMETER_ExportTags: 'True', PARAMETER_Authorization: 'eyJa.b.c' },
  };

  test('is completed by what the token says, and the token is no part of it', async () => {
    expect(await read([], undefined, parameters)).toMatchObject({
      source: { owner: 'team', name: 'App', event: 'push', ref: 'refs/heads/main', runId: '7' },
      build: { name: 'app', exportTags: true },
    });
  });

  test.each([
    ['that holds a macro', { MACRO_IN_BuildArgs: 'refused' }, /"BuildArgs" holds "\$\("/],
    ['that nobody knows', { PARAMETER_Privileged: 'true' }, /"Privileged" is not known/],
  ])('is refused with one %s', async (_, more, message) => {
    await expect(read([], undefined, { ...parameters, ...more })).rejects.toMatchObject({
      code: 'request.invalid',
      message: expect.stringMatching(message),
    });
  });
});
