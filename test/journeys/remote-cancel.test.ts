import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type RunningStep, runPostStep, startAction } from './action-step.ts';
import { type GithubEvent, pushOf } from './github-events.ts';
import { holdStage } from './remote-agent.ts';
import {
  commitImage,
  openRemoteStage,
  planted,
  type RemoteStage,
  runOf,
  stageRunning,
  tagsOf,
} from './remote-stage.ts';
import { notation } from './signing-stage.ts';
import { busybox, crane, start, uniqueName } from './stage.ts';

let stage: RemoteStage;
beforeAll(async () => {
  stage = await openRemoteStage();
});
afterAll(() => stage.close());

const tagOf = (sha: string) => `v${sha.slice(0, 7)}`;

/** A step whose run is there. */
async function follow(event: GithubEvent) {
  const step = startAction(stage, event);
  await step.saying('_build/results?buildId=');
  return { step, run: runOf(stage, step.state()) };
}

/** Cancels a step as the runner does, and looks at what must be right wherever its build was. */
async function cancel(step: RunningStep, event: GithubEvent): Promise<void> {
  const run = runOf(stage, step.state());
  step.kill('SIGINT');
  const ended = await step.ended;
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(130);
  expect(ended.outputs).toMatchObject({ result: 'Canceled', images: '[]' });
  expect(ended.summary).toMatch(/^## ✗ Cancelled: /);
  expect(ended.stdout).toContain(`run ${run.id} was told to stop`);
  await run.ended;
  expect(run.result).toBe('canceled');
  const post = await runPostStep(stage, event, ended.state);
  expect(post.exitCode, post.stdout + post.stderr).toBe(0);
  expect(run.result).toBe('canceled');
}

/** Whether anything on this machine runs with this text in its command line. */
function isRunning(text: string): boolean {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).includes(text);
}

describe('a build that is cancelled', () => {
  test('while the source is fetched publishes nothing', async () => {
    const sha = commitImage(stage, 'cancelled at the source');
    stage.gitFault = 'silence';
    onTestFinished(() => {
      stage.gitFault = undefined;
    });
    const asked = stage.git.seen.length;
    const { step } = await follow(pushOf(sha));
    await vi.waitFor(() => expect(stage.git.seen.length).toBeGreaterThan(asked), 60_000);
    await cancel(step, pushOf(sha));
    expect(await tagsOf(stage.production)).not.toContain(tagOf(sha));
  });

  test('while it is built publishes nothing, and nothing of it goes on', async () => {
    const sleeping = `sleep 600 && echo ${uniqueName('cancelled')}`;
    const sha = stage.source.commit({ Dockerfile: `FROM ${busybox}\nRUN ${sleeping}\n` });
    const { step } = await follow(pushOf(sha));
    const inShell = `sh -c ${sleeping}`;
    await vi.waitFor(() => expect(isRunning(inShell)).toBe(true), { timeout: 60_000, interval: 100 });
    await cancel(step, pushOf(sha));
    await vi.waitFor(() => expect(isRunning(inShell)).toBe(false), { timeout: 20_000, interval: 100 });
    expect(await tagsOf(stage.production)).not.toContain(tagOf(sha));
  });

  test('while it is signed has no tag', async () => {
    const sha = commitImage(stage, 'cancelled at the signature');
    const service = stage.service.running.child;
    service.kill('SIGSTOP');
    onTestFinished(() => void service.kill('SIGCONT'));
    const { step, run } = await follow(pushOf(sha));
    await stageRunning(run, 'publish');
    await cancel(step, pushOf(sha));
    expect(await tagsOf(stage.production)).not.toContain(tagOf(sha));
  });

  test('while it is reported has its tag, and the signature that belongs to it', async () => {
    const sha = commitImage(stage, 'cancelled at the report');
    const held = holdStage(stage, 'report');
    onTestFinished(held.release);
    const { step } = await follow(pushOf(sha));
    await held.reached;
    await cancel(step, pushOf(sha));
    const image = `${stage.production}:${tagOf(sha)}`;
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: true });
  });
});

describe('a build whose client is killed', () => {
  test('is cancelled by the post step', async () => {
    const event = pushOf(commitImage(stage, 'killed'));
    const held = holdStage(stage, 'build');
    onTestFinished(held.release);
    const { step, run } = await follow(event);
    await held.reached;
    step.kill('SIGKILL');
    const { state } = await step.ended;
    expect(state).toEqual({ run: String(run.id) });
    const post = await runPostStep(stage, event, state);
    expect(post.exitCode, post.stdout + post.stderr).toBe(0);
    expect(post.stdout).toContain(`run ${run.id} was told to stop`);
    await run.ended;
    expect(run.result).toBe('canceled');
  });

  test('goes on, and is followed to its end by whoever attaches, by number or by address', async () => {
    const sha = commitImage(stage, 'attached');
    const image = `${stage.production}:${tagOf(sha)}`;
    const held = holdStage(stage, 'build');
    onTestFinished(held.release);
    const { step, run } = await follow(pushOf(sha));
    await held.reached;
    step.kill('SIGKILL');
    await step.ended;
    const env = { ...stage.clientEnvironment, AZURE_DEVOPS_EXT_PAT: planted.personalToken };
    const attach = (name: string) =>
      start(['attach', name, '--config', stage.config, '--json', '--progress', 'plain'], {
        cwd: stage.folder,
        env,
      });
    const attached = attach(String(run.id));
    await attached.saying('_build/results?buildId=');
    await held.release();
    const { exitCode, stdout, stderr } = await attached.ended;
    expect(exitCode, stderr).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ status: 'Succeeded', signed: true, images_list: [image] });
    expect(report.digest).toBe(await crane('digest', image));
    expect(stderr).toContain('Sign, verify and tag');
    const again = await attach(report.run.url).ended;
    expect(again.exitCode, again.stderr).toBe(0);
    expect(JSON.parse(again.stdout)).toEqual(report);
  });
});
