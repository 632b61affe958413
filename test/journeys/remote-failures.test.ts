import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { obeyedByGithub } from '../../src/progress/read-as-runner.ts';
import { type ActionStep, startAction } from './action-step.ts';
import { deletionOf, type GithubEvent, pushOf } from './github-events.ts';
import { commitImage, openRemoteStage, planted, type RemoteStage, runOf, tagsOf } from './remote-stage.ts';
import { busybox, uniqueName } from './stage.ts';

let stage: RemoteStage;
beforeAll(async () => {
  stage = await openRemoteStage();
});
afterAll(() => stage.close());

/** Reusable workflows that nobody trusts. */
const otherWorkflow = 'kyma-project/app/.github/workflows/own.yml@refs/heads/main';
const isFrom = (event: GithubEvent, job_workflow_ref: string) => ({ ...event, claims: { job_workflow_ref } });

/** The one annotation of a step that failed. */
function annotationOf({ stdout }: ActionStep) {
  const errors = obeyedByGithub(stdout).filter(({ name }) => name === 'error');
  expect(errors).toHaveLength(1);
  return errors[0];
}

async function expectNoTag(sha: string): Promise<void> {
  expect(await tagsOf(stage.production)).not.toContain(`v${sha.slice(0, 7)}`);
}

describe.concurrent('a build in Azure DevOps that fails', () => {
  test('at a line of the Dockerfile says so in annotation, summary and outputs', async () => {
    const dockerfile = `FROM ${busybox}\n\nRUN echo "${uniqueName('about-to-fail')}" && exit 7\n`;
    const sha = stage.source.commit({ 'images/Dockerfile': dockerfile });
    const step = await startAction(stage, pushOf(sha), { dockerfile: 'images/Dockerfile' }).ended;
    expect(step.exitCode, step.stdout).toBe(4);
    expect(annotationOf(step)?.properties).toMatchObject({ file: 'images/Dockerfile', line: '3' });
    expect(step.outputs).toMatchObject({
      ...{ images: '[]', digest: '' },
      ...{ adoResult: 'failed', result: 'Failed' },
    });
    expect(step.report?.error).toMatchObject({ code: 'build.failed', file: 'images/Dockerfile', line: 3 });
    expect(step.summary).toContain('images/Dockerfile:3');
    expect(step.summary).toContain('about-to-fail');
    expect(step.summary).toContain(`(${step.report?.run?.url})`);
    await expectNoTag(sha);
  });

  test('at a token from a workflow that nobody trusts says which claim, and runs no build', async () => {
    const sha = commitImage(stage, 'refused');
    const event = isFrom(pushOf(sha), otherWorkflow);
    const step = await startAction(stage, event, { 'azure-client-secret': planted.clientSecret }).ended;
    expect(step.exitCode, step.stdout).toBe(3);
    expect(annotationOf(step)?.data).toContain('its "job_workflow_ref" has a value that is not allowed');
    expect(step.outputs).toMatchObject({ adoResult: 'failed', result: 'Failed', digest: '' });
    expect(step.report?.error).toMatchObject({ code: 'identity.rejected' });
    expect(step.summary).toContain('job_workflow_ref');
    await expectNoTag(sha);
  });

  test('at the policy names what would be allowed, and runs no build', async () => {
    const sha = commitImage(stage, 'denied', 'feature');
    const step = await startAction(stage, pushOf(sha, 'refs/heads/feature')).ended;
    expect(step.exitCode, step.stdout).toBe(3);
    expect(step.report?.error).toMatchObject({
      code: 'policy.denied',
      message: expect.stringContaining('no rule allows event "push"'),
      hint: expect.stringContaining('the closest rule, "production"'),
    });
    expect(annotationOf(step)?.data).toContain('the closest rule, "production", is for refs refs/heads/main');
    const started = runOf(stage, step.state).timeline.records.filter(({ state }) => state !== 'pending');
    expect(started.some(({ name, result }) => name === 'build' && result !== 'skipped')).toBe(false);
    await expectNoTag(sha);
  });

  test('at a signing service that is down moves no tag', async () => {
    const sha = commitImage(stage, 'unsigned');
    // Nothing else here comes to be signed.
    await stage.service.end();
    const step = await startAction(stage, pushOf(sha)).ended;
    expect(step.exitCode, step.stdout).toBe(5);
    expect(step.report?.error).toMatchObject({ code: 'signing.unavailable' });
    expect(step.report).toMatchObject({ pushed: false, signed: false, images_list: [] });
    expect(step.outputs).toMatchObject({ adoResult: 'failed', result: 'Failed', images: '[]' });
    expect(step.summary).toContain('complete by digest, no tag moved');
    await expectNoTag(sha);
  });
});

describe('a build that Azure DevOps is never asked for, or does not take', () => {
  test('in a pipeline that does not exist exits 2', async () => {
    const config = stage.clientConfig((made) => ({
      'ado-config': { ...made['ado-config'], 'ado-pipeline-id': 4711 },
    }));
    const step = await startAction(stage, pushOf(commitImage(stage, 'nowhere')), { config }).ended;
    expect(step.exitCode, step.stdout).toBe(2);
    expect(annotationOf(step)?.data).toContain('4711');
    expect(step.outputs).toMatchObject({ adoResult: '', result: 'Failed' });
    expect(step.state).toEqual({ ended: 'true' });
  });

  test('from a workflow that Entra does not trust exits 3 with its word for it', async () => {
    const before = stage.azure.runs.size;
    const event = isFrom(pushOf(commitImage(stage, 'nobody')), otherWorkflow);
    const step = await startAction(stage, event).ended;
    expect(step.exitCode, step.stdout).toBe(3);
    expect(annotationOf(step)?.data).toContain('AADSTS700213');
    expect(step.outputs).toMatchObject({ adoResult: '', result: 'Failed' });
    expect(stage.azure.runs.size).toBe(before);
  });

  test('for a branch that was deleted exits 2 and sends nothing', async () => {
    const before = [stage.azure.seen.length, stage.issuer.seen.length];
    const sha = commitImage(stage, 'deleted');
    const step = await startAction(stage, deletionOf('refs/heads/gone', sha)).ended;
    expect(step.exitCode, step.stdout).toBe(2);
    expect(annotationOf(step)?.data).toContain('"refs/heads/gone" was deleted');
    expect(step.outputs).toMatchObject({ images: '[]', digest: '', adoResult: '', result: 'Failed' });
    expect(step.summary).toContain('was deleted');
    expect([stage.azure.seen.length, stage.issuer.seen.length]).toEqual(before);
  });
});
