import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ActionStep, startAction } from './action-step.ts';
import {
  dispatchOf,
  type GithubEvent,
  mergeGroupOf,
  pullRequestOf,
  pushOf,
  scheduleOf,
} from './github-events.ts';
import { commitImage, openRemoteStage, type RemoteStage } from './remote-stage.ts';
import { notation } from './signing-stage.ts';
import { crane } from './stage.ts';

let stage: RemoteStage;
beforeAll(async () => {
  stage = await openRemoteStage();
});
afterAll(() => stage.close());

const short = (sha: string) => sha.slice(0, 7);

interface Expected {
  readonly image: string;
  readonly sha: string;
  readonly signed: boolean;
}

/** Runs the action for an event, and looks at everything that must be right whatever the event. */
async function buildFor(event: GithubEvent, { image, sha, signed }: Expected): Promise<ActionStep> {
  const step = await startAction(stage, event).ended;
  expect(step.exitCode, step.stdout + step.stderr).toBe(0);
  expect(step.outputs).toEqual({
    images: JSON.stringify([image]),
    architectures: '["linux/amd64"]',
    digest: await crane('digest', image),
    'build-report': expect.stringContaining('"status":'),
    adoResult: 'succeeded',
    result: 'Succeeded',
  });
  expect(step.report).toMatchObject({
    status: 'Succeeded',
    pushed: true,
    signed,
    digest: step.outputs.digest,
    source: { event: event.event, commit: sha, repository: 'kyma-project/app' },
    run: { backend: 'azure-devops', id: step.state.run, result: 'succeeded' },
  });
  expect(await builtCommit(image)).toBe(sha);
  lookAtSummary(step, image);
  return step;
}

async function builtCommit(image: string): Promise<unknown> {
  const { config } = JSON.parse(await crane('config', '--platform', 'linux/amd64', image));
  return config.Labels['org.opencontainers.image.revision'];
}

function lookAtSummary({ summary, outputs, report }: ActionStep, image: string): void {
  expect(summary).toMatch(/^## ✓ Built `/);
  expect(summary).toContain(`\`${outputs.digest}\``);
  expect(summary).toContain(`docker pull ${image}\n`);
  expect(summary).toContain(`(${report?.run?.url})`);
}

describe.concurrent('a build from a GitHub workflow in Azure DevOps', () => {
  test('is published and signed for a push to the main branch', async () => {
    const sha = commitImage(stage, 'push');
    const image = `${stage.production}:v${short(sha)}`;
    const step = await buildFor(pushOf(sha), { image, sha, signed: true });
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: true });
    expect(step.summary).toContain(`notation verify ${stage.production}@${step.outputs.digest}\n`);
    expect(step.state).toMatchObject({ ended: 'true' });
  });

  test('is published and signed when the workflow is started by hand', async () => {
    const sha = commitImage(stage, 'dispatch');
    const image = `${stage.production}:v${short(sha)}`;
    await buildFor(dispatchOf(sha), { image, sha, signed: true });
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: true });
  });

  test('is published and signed when its time has come', async () => {
    const sha = commitImage(stage, 'schedule');
    const image = `${stage.production}:v${short(sha)}`;
    await buildFor(scheduleOf(sha), { image, sha, signed: true });
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: true });
  });

  test('of a pull request from a fork is its head, unsigned and for development', async () => {
    const baseSha = commitImage(stage, 'base');
    const headSha = commitImage(stage, 'head', 'of-a-fork');
    stage.source.git('update-ref', 'refs/pull/7/head', headSha);
    stage.source.git('update-ref', '-d', 'refs/heads/of-a-fork');
    const image = `${stage.development}:PR-7`;
    const event = pullRequestOf({ number: 7, headSha, baseSha, fork: 'anna/app' });
    const step = await buildFor(event, { image, sha: headSha, signed: false });
    expect(step.report?.source).toMatchObject({ pull_request: 7 });
    expect(step.summary).toContain('This image is not signed.');
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: false });
  });

  test('of a merge group is its head, unsigned and for development', async () => {
    const base = commitImage(stage, 'base of the group');
    const ref = `refs/heads/gh-readonly-queue/main/pr-9-${base}`;
    const sha = commitImage(stage, 'group', ref.slice('refs/heads/'.length));
    const image = `${stage.development}:MG-${short(sha)}`;
    await buildFor(mergeGroupOf(sha, ref, base), { image, sha, signed: false });
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: false });
  });
});
