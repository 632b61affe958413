import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRemoteStage, pushOf, type RemoteStage, startAction } from './remote-stage.ts';
import { notation } from './signing-stage.ts';
import { busybox, crane } from './stage.ts';

let stage: RemoteStage;
beforeAll(async () => {
  stage = await openRemoteStage();
});
afterAll(() => stage.close());

const dockerfile = `FROM ${busybox}\nRUN echo building\nCOPY content /\n`;
const commit = (content: string, branch = 'main') =>
  stage.source.commit({ Dockerfile: dockerfile, content }, { branch });

describe('a build from a GitHub workflow in Azure DevOps', () => {
  test('is published and signed for a push', async () => {
    const sha = commit('one');
    const step = await startAction(stage, pushOf(sha)).ended;
    expect(step.exitCode, step.stdout + step.stderr).toBe(0);
    const tag = `v${sha.slice(0, 7)}`;
    const image = `${stage.production}:${tag}`;
    expect(step.outputs).toMatchObject({
      adoResult: 'succeeded',
      result: 'Succeeded',
      images: JSON.stringify([image]),
    });
    expect(await crane('digest', image)).toBe(step.outputs.digest);
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: true });
  });
});
