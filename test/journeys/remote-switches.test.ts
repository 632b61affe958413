import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Switches } from '../fakes/azure-devops/switches.ts';
import { startAction } from './action-step.ts';
import { pushOf } from './github-events.ts';
import { holdStage } from './remote-agent.ts';
import {
  commitImage,
  openRemoteStage,
  type RemoteStage,
  runOf,
  stageRunning,
  tagsOf,
} from './remote-stage.ts';
import { notation } from './signing-stage.ts';
import { busybox, crane, uniqueName } from './stage.ts';

let stage: RemoteStage;
let config: string;
beforeAll(async () => {
  const switches: Partial<Switches> = {
    stateWhileQueued: 'unknown',
    beforeFirstJob: 'null',
    changeId: 'incremental',
    longLogs: 'paged',
    legOutputs: 'none',
    suppressHeader: 'refused',
    expiredToken: '302',
    refusedToken: '302',
    logDetail: 'main-timeline',
    cancelSignal: 'shell',
    signalledScript: 'failed',
  };
  stage = await openRemoteStage({ switches, pageBytes: 8_000 });
  config = stage.clientConfig((made) => ({
    'ado-config': { ...made['ado-config'], 'ado-sign-in-redirect': 'allow' },
  }));
});
afterAll(() => stage.close());

const tagOf = (sha: string) => `v${sha.slice(0, 7)}`;

describe('where every open question about the service has its other answer', () => {
  test('a build is published, signed and reported, though it prints more than a page', async () => {
    const dockerfile = `FROM ${busybox}\nRUN echo ${uniqueName('pages')} && seq 3000\n`;
    const sha = stage.source.commit({ Dockerfile: dockerfile });
    const held = holdStage(stage, 'build');
    onTestFinished(held.release);
    const step = startAction(stage, pushOf(sha), { config });
    await held.reached;
    stage.azure.expireTokens();
    await held.release();
    const ended = await step.ended;
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    expect(ended.outputs).toMatchObject({ adoResult: 'succeeded', result: 'Succeeded' });
    const image = `${stage.production}:${tagOf(sha)}`;
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: true });
    expect(ended.report).toMatchObject({ digest: await crane('digest', image), images_list: [image] });
    // Each step has a log, and one more for every page that it fills.
    const { logs, timeline } = runOf(stage, ended.state);
    expect(logs.all.length).toBeGreaterThan(timeline.records.filter(({ logId }) => logId !== null).length);
  });

  test('a cancelled build has no tag, though only bash hears of the cancel', async () => {
    const sha = commitImage(stage, 'cancelled and switched');
    const service = stage.service.running.child;
    service.kill('SIGSTOP');
    onTestFinished(() => void service.kill('SIGCONT'));
    const step = startAction(stage, pushOf(sha), { config });
    await step.saying('_build/results?buildId=');
    const run = runOf(stage, step.state());
    await stageRunning(run, 'publish');
    step.kill('SIGTERM');
    const ended = await step.ended;
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(130);
    await run.ended;
    expect(run.result).toBe('canceled');
    expect(await tagsOf(stage.production)).not.toContain(tagOf(sha));
  });
});
