import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { FaultRule } from '../fakes/azure-devops/rest/faults.ts';
import { startAction } from './action-step.ts';
import { pushOf } from './github-events.ts';
import { holdStage } from './remote-agent.ts';
import { commitImage, openRemoteStage, type RemoteStage, runOf } from './remote-stage.ts';
import { notation } from './signing-stage.ts';

let stage: RemoteStage;
beforeAll(async () => {
  stage = await openRemoteStage();
});
afterAll(() => stage.close());

const timeline = { method: 'GET', path: /\/timeline\?/ } as const;
const [build, log] = [/\/builds\/\d+\?/, /\/logs\/\d+\?/].map((path) => ({ method: 'GET', path }) as const);

describe('a build that is followed through trouble', () => {
  test('is started once when the answer is lost', async () => {
    const lost = stage.azure.fault({
      method: 'POST',
      path: /\/runs\?/,
      fault: { kind: 'dropped', executed: true },
    });
    const before = stage.azure.runs.size;
    const sha = commitImage(stage, 'lost');
    const step = await startAction(stage, pushOf(sha)).ended;
    expect(step.exitCode, step.stdout + step.stderr).toBe(0);
    expect(lost.hits).toBe(1);
    expect(stage.azure.runs.size).toBe(before + 1);
    expect(step.stdout).toContain('looking for the run that it may have started');
    expect(runOf(stage, step.state).result).toBe('succeeded');
    const image = `${stage.production}:v${sha.slice(0, 7)}`;
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: true });
  });

  test('ends well when the service fails, drops, throttles and forgets us in the middle', async () => {
    const order = (rule: FaultRule) => stage.azure.fault(rule);
    const held = holdStage(stage, 'build');
    onTestFinished(held.release);
    const sha = commitImage(stage, 'trouble');
    const step = startAction(stage, pushOf(sha));
    await held.reached;
    stage.azure.expireTokens();
    const tokens = stage.azure.issuedTokens().length;
    const faults = [
      order({ ...timeline, fault: { kind: 'status', status: 503 } }),
      order({ ...timeline, fault: { kind: 'dropped', executed: true }, after: 1 }),
      order({ ...timeline, fault: { kind: 'throttled', retryAfter: 1 }, after: 1 }),
      order({ ...timeline, fault: { kind: 'sign-in', form: '203' }, after: 1 }),
      order({ ...timeline, fault: { kind: 'truncated' }, after: 1 }),
      order({ ...build, fault: { kind: 'stopped' } }),
      order({ ...log, fault: { kind: 'truncated' } }),
      order({ ...log, fault: { kind: 'dropped', executed: false }, after: 2 }),
    ];
    await held.release();
    const ended = await step.ended;
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0);
    expect(faults.map(({ hits }) => hits)).toEqual(faults.map(() => 1));
    expect(stage.azure.issuedTokens().length).toBeGreaterThan(tokens);
    expect(ended.outputs).toMatchObject({ adoResult: 'succeeded', result: 'Succeeded' });
    for (const text of ['Sign, verify and tag', 'tagging v', '---IMAGE BUILD REPORT---'])
      expect(ended.stdout.split(text).length, text).toBeGreaterThan(1);
    expect(ended.stdout.split('---END OF IMAGE BUILD REPORT---')).toHaveLength(2);
  });
});
