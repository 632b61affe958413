import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCiBuild } from '../index.ts';
import type { Environment } from './ci-build.ts';

const fixtures = join(import.meta.dirname, '../../../test/fixtures/github');
const base = '1f0c4a2d9b7e6a5c3d8f0b1e2a4c6d8e0f1a2b3c';
const head = 'c3d4e5f60718293a4b5c6d7e8f901a2b3c4d5e6f';

/** What GitHub's runner sets, as far as it matters, for a push to `main`. */
const runner = {
  GITHUB_ACTIONS: 'true',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_EVENT_PATH: join(fixtures, 'push-branch.json'),
  GITHUB_SHA: head,
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REPOSITORY: 'team/app',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_RUN_ID: '8123456789',
};

const read = (changes: Environment = {}, payload?: unknown) =>
  readCiBuild(
    { ...runner, ...changes },
    payload === undefined ? readFile : async () => Buffer.from(JSON.stringify(payload)),
  );

const payloadAt = (name: string) => join(fixtures, `${name}.json`);

const common = {
  ci: 'github',
  host: 'github.com',
  owner: 'team',
  name: 'app',
  runId: '8123456789',
  runUrl: 'https://github.com/team/app/actions/runs/8123456789',
  notes: [],
};

/** Event and payload, what the runner says of them beside, and what is built. */
const situations = [
  ['push', 'push-branch', {}, { ref: 'refs/heads/main', eventSha: head, commitSha: head }],
  [
    'push',
    'push-annotated-tag',
    { GITHUB_REF: 'refs/tags/v1.2.0' },
    { ref: 'refs/tags/v1.2.0', eventSha: head, commitSha: head },
  ],
  [
    'pull_request_target',
    'pull-request-target',
    { GITHUB_SHA: base },
    { ref: 'refs/heads/main', eventSha: base, commitSha: head, pullRequest: 123 },
  ],
  [
    'pull_request_target',
    'pull-request-target-fork-gone',
    { GITHUB_SHA: base },
    {
      ref: 'refs/heads/main',
      eventSha: base,
      commitSha: head,
      pullRequest: 123,
      notes: ['the fork of pull request 123 is gone; its commit is taken from "team/app"'],
    },
  ],
  [
    'merge_group',
    'merge-group',
    { GITHUB_REF: `refs/heads/gh-readonly-queue/main/pr-123-${base}` },
    { ref: `refs/heads/gh-readonly-queue/main/pr-123-${base}`, eventSha: head, commitSha: head },
  ],
  [
    'workflow_dispatch',
    'workflow-dispatch',
    { GITHUB_REF: 'refs/tags/v1.2.0' },
    { ref: 'refs/tags/v1.2.0', eventSha: head, commitSha: head },
  ],
  ['schedule', 'schedule', {}, { ref: 'refs/heads/main', eventSha: head, commitSha: head }],
] as const;

describe('a GitHub workflow', () => {
  test.each(situations)('for %s, with %s.json, builds the commit of its event', async (...situation) => {
    const [event, file, changes, wanted] = situation;
    const build = await read({ GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: payloadAt(file), ...changes });
    expect(build).toEqual({ ...common, event, ...wanted });
  });

  test.each(['workflow_dispatch', 'schedule'])('for %s needs no payload', async (event) => {
    const nothing = { GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: undefined };
    expect(await read(nothing)).toMatchObject({ event, commitSha: head });
  });

  test('on a server of its own names that server', async () => {
    const { host, runUrl } = (await read({ GITHUB_SERVER_URL: 'https://GitHub.Example.com:8443/' })) ?? {};
    expect(host).toBe('github.example.com:8443');
    expect(runUrl).toBe('https://github.example.com:8443/team/app/actions/runs/8123456789');
  });

  test('for a push without a commit of its own builds that of the event', async () => {
    const payload = { ref: 'refs/heads/main', deleted: false, head_commit: null };
    expect(await read({}, payload)).toMatchObject({ commitSha: head });
  });
});

describe('a deletion', () => {
  test('is refused, with the condition that leaves it out', async () => {
    const path = payloadAt('push-deleted-branch');
    await expect(read({ GITHUB_EVENT_PATH: path, GITHUB_SHA: base })).rejects.toMatchObject({
      code: 'request.invalid',
      message: '"refs/heads/old" was deleted, so there is nothing to build',
      hint: 'leave deletions out, with "if: github.event.deleted == false" at the job',
    });
  });
});

const supported = 'supported events: push, pull_request_target, merge_group, workflow_dispatch, schedule';

describe('an event that no build is for', () => {
  test.each([
    ['pull_request', `start the workflow with "pull_request_target" instead; ${supported}`],
    ['pull_request_review', `start the workflow with "pull_request_target" instead; ${supported}`],
    ['release', supported],
    ['repository_dispatch', supported],
    ['constructor', supported],
  ])('%s is refused, and the supported ones are named', async (event, hint) => {
    await expect(read({ GITHUB_EVENT_NAME: event })).rejects.toMatchObject({
      code: 'request.invalid',
      message: `event "${event}" is not supported`,
      hint,
    });
  });
});

describe('an environment that the runner does not make', () => {
  test.each([
    [{ GITHUB_SHA: undefined }, 'variable "GITHUB_SHA" is not set'],
    [{ GITHUB_SHA: 'main' }, '"main" is no commit'],
    [{ GITHUB_SHA: '0'.repeat(40) }, `"${'0'.repeat(40)}" is no commit`],
    [{ GITHUB_REF: 'main' }, '"main" is no full ref'],
    [{ GITHUB_REF: undefined }, 'variable "GITHUB_REF" is not set'],
    [{ GITHUB_EVENT_NAME: '' }, 'variable "GITHUB_EVENT_NAME" is not set'],
    [{ GITHUB_EVENT_PATH: '' }, 'variable "GITHUB_EVENT_PATH" is not set'],
    [{ GITHUB_REPOSITORY: 'app' }, '"app/" on "github.com" can be no repository'],
    [{ GITHUB_REPOSITORY: 'team/app/x' }, '"team/app/x" on "github.com" can be no repository'],
    [{ GITHUB_REPOSITORY: 'team/..' }, '"team/.." on "github.com" can be no repository'],
    [{ GITHUB_RUN_ID: '-1' }, 'variable "GITHUB_RUN_ID" is "-1", expected a whole number above zero'],
    [{ GITHUB_SERVER_URL: 'http://github.com' }, '"http://github.com" is no https address of a server'],
    [{ GITHUB_SERVER_URL: 'github.com' }, '"github.com" is no https address of a server'],
    [{ GITHUB_SHA: base }, `the payload of event "push" names commit "${head}", and GITHUB_SHA "${base}"`],
  ])('%j is refused', async (changes, message) => {
    await expect(read(changes)).rejects.toMatchObject({ code: 'request.invalid', message });
  });
});

describe('a payload', () => {
  const pull = { number: 7, pull_request: { head: { sha: head, repo: null } } };

  test.each([
    ['push', {}, 'ref'],
    ['push', { ref: 'refs/heads/main', deleted: 'no', head_commit: null }, 'deleted'],
    ['push', { ref: 'refs/heads/main', deleted: false, head_commit: {} }, 'head_commit.id'],
    ['pull_request_target', { ...pull, number: 0 }, 'number'],
    ['pull_request_target', { ...pull, pull_request: null }, 'pull_request'],
    ['pull_request_target', { ...pull, pull_request: { head: { repo: null } } }, 'pull_request.head.sha'],
    ['merge_group', { merge_group: { base_sha: base } }, 'merge_group.head_sha'],
    ['merge_group', [], 'payload'],
  ])('of %s, %j, is refused and the place named', async (event, payload, place) => {
    await expect(read({ GITHUB_EVENT_NAME: event }, payload)).rejects.toMatchObject({
      code: 'request.invalid',
      message: `event "${event}": "${place}" is missing, or not what GitHub says there`,
      details: { field: place },
    });
  });

  test('with a commit that is none is refused', async () => {
    const payload = { ...pull, pull_request: { head: { sha: '$(id)', repo: null } } };
    const changes = { GITHUB_EVENT_NAME: 'pull_request_target' };
    await expect(read(changes, payload)).rejects.toThrow('"$(id)" is no commit');
  });

  test('that is not JSON, or larger than any event, is refused', async () => {
    const holding = (bytes: Uint8Array) => readCiBuild(runner, async () => bytes);
    await expect(holding(Buffer.from('{'))).rejects.toThrow('event "push": "payload" is not JSON');
    await expect(holding(new Uint8Array(25_000_001))).rejects.toThrow(
      'event "push": "payload" is larger than 25.0 MB',
    );
  });

  test('that cannot be read is refused with its path', async () => {
    await expect(read({ GITHUB_EVENT_PATH: payloadAt('none') })).rejects.toMatchObject({
      code: 'source.invalid',
      details: { path: payloadAt('none') },
    });
  });

  test('of any shape is read or refused in words', async () => {
    const events = fc.constantFrom('push', 'pull_request_target', 'merge_group');
    await fc.assert(
      fc.asyncProperty(events, fc.json(), async (event, text) => {
        const reading = readCiBuild({ ...runner, GITHUB_EVENT_NAME: event }, async () => Buffer.from(text));
        await expect(reading).rejects.toMatchObject({ code: 'request.invalid' });
      }),
    );
  });
});
