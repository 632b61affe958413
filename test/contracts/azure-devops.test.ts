import { text as readText } from 'node:stream/consumers';
import { getBearerHandler, getPersonalAccessTokenHandler, WebApi } from 'azure-devops-node-api';
import {
  BuildResult,
  BuildStatus,
  TaskResult,
  TimelineRecordState,
} from 'azure-devops-node-api/interfaces/BuildInterfaces.js';
import { RunResult, RunState } from 'azure-devops-node-api/interfaces/PipelinesInterfaces.js';
import { describe, expect, test, vi } from 'vitest';
import {
  openAzureDevOps,
  recordOf,
  type TestAzureDevOps,
  testToken,
} from '../fakes/azure-devops/open-azure-devops.ts';

const yaml = `
name: $(Date:yyyyMMdd)$(Rev:.r)
trigger: none
parameters:
  - { name: Name, type: string }
  - { name: Loud, type: boolean, default: false }
pool: default
stages:
  - stage: greet
    displayName: Greet
    jobs:
      - job: hello
        steps:
          - script: |
              echo "hello $NAME"
              echo "##vso[task.logissue type=warning;sourcepath=Dockerfile;linenumber=3;columnnumber=1;code=W1]shout less"
            name: say
            displayName: Say hello
            env: { NAME: '\${{ parameters.Name }}' }
  - stage: work
    jobs:
      - job: wait
        steps:
          - script: 'trap "" INT; if [ "$NAME" = slow ]; then sleep 60; fi'
            displayName: Wait
            env: { NAME: '\${{ parameters.Name }}' }
`;

async function clientsOf(fake: TestAzureDevOps, handler = getPersonalAccessTokenHandler(testToken)) {
  const client = new WebApi(fake.url, handler);
  return { builds: await client.getBuildApi(), pipelines: await client.getPipelinesApi() };
}

describe('the official client', () => {
  test('runs a pipeline and reads run, build, timeline and logs', async () => {
    const fake = await openAzureDevOps({ yaml });
    const { builds, pipelines } = await clientsOf(fake);
    const { project, pipelineId } = fake;
    const queued = await pipelines.runPipeline({ templateParameters: { Name: 'anna' } }, project, pipelineId);
    expect(queued).toMatchObject({ id: 101, state: RunState.InProgress, pipeline: { id: pipelineId } });
    expect(queued.result).toBeUndefined();
    await fake.runs.get(101)?.ended;

    const run = await pipelines.getRun(project, pipelineId, 101);
    expect(run).toMatchObject({ state: RunState.Completed, result: RunResult.Succeeded });
    expect(run.finishedDate).toBeInstanceOf(Date);
    const build = await builds.getBuild(project, 101);
    expect(build).toMatchObject({
      status: BuildStatus.Completed,
      result: BuildResult.Succeeded,
      buildNumber: run.name,
    });

    const timeline = await builds.getBuildTimeline(project, 101);
    const record = timeline.records?.find(({ name }) => name === 'Say hello');
    expect(record).toMatchObject({
      type: 'Task',
      state: TimelineRecordState.Completed,
      result: TaskResult.Succeeded,
      warningCount: 1,
      issues: [{ message: 'Dockerfile(3,1): warning W1: shout less', category: 'Code' }],
    });
    const logId = record?.log?.id ?? 0;
    const lines = await builds.getBuildLogLines(project, 101, logId);
    expect(lines.some((line) => /^\d{4}-\S+\.\d{7}Z hello anna$/.test(line))).toBe(true);
    const log = await readText(await builds.getBuildLog(project, 101, logId));
    expect(log).toContain('##[section]Starting: Say hello');
    const logs = await builds.getBuildLogs(project, 101);
    expect(logs.map(({ id }) => id)).toContain(logId);
    const runLogs = await pipelines.listLogs(project, pipelineId, 101);
    expect(runLogs.logs).toHaveLength(logs.length);
    expect((await pipelines.listRuns(project, pipelineId)).map(({ id }) => id)).toEqual([101]);
  });

  test('cancels a build, which ends cancelled', async () => {
    const fake = await openAzureDevOps({ yaml, times: { interrupt: 1_000 } });
    const { builds, pipelines } = await clientsOf(fake);
    const { project, pipelineId } = fake;
    await pipelines.runPipeline({ templateParameters: { Name: 'slow' } }, project, pipelineId);
    const run = fake.runs.get(101);
    await vi.waitFor(() => expect(run && recordOf(run, 'Wait').state).toBe('inProgress'), 5_000);
    const answer = await builds.updateBuild({ status: BuildStatus.Cancelling }, project, 101);
    expect(answer.status).toBe(BuildStatus.Cancelling);
    expect((await pipelines.getRun(project, pipelineId, 101)).state).toBe(RunState.Canceling);
    await run?.ended;
    const build = await builds.getBuild(project, 101);
    expect(build).toMatchObject({ status: BuildStatus.Completed, result: BuildResult.Canceled });
    expect((await pipelines.getRun(project, pipelineId, 101)).result).toBe(RunResult.Canceled);
  });

  test('cancels one stage', async () => {
    const fake = await openAzureDevOps({ yaml });
    const { builds, pipelines } = await clientsOf(fake);
    await pipelines.runPipeline({ templateParameters: { Name: 'slow' } }, fake.project, fake.pipelineId);
    const run = fake.runs.get(101);
    await vi.waitFor(() => expect(run && recordOf(run, 'Wait').state).toBe('inProgress'), 5_000);
    await builds.updateStage({ state: 0 }, 101, 'work', fake.project);
    await run?.ended;
    expect(run && recordOf(run, 'Greet').result).toBe('succeeded');
    expect(run && recordOf(run, 'work').result).toBe('canceled');
  });

  test('shows the final YAML without running it', async () => {
    const fake = await openAzureDevOps({ yaml });
    const { pipelines } = await clientsOf(fake);
    const order = { templateParameters: { Name: 'anna' } };
    const { finalYaml } = await pipelines.preview(order, fake.project, fake.pipelineId);
    expect(finalYaml).toContain('NAME: anna');
    expect(fake.runs.size).toBe(0);
  });

  test('hears why a request was refused', async () => {
    const fake = await openAzureDevOps({ yaml });
    const { pipelines } = await clientsOf(fake);
    const refused = pipelines.runPipeline({ templateParameters: {} }, fake.project, fake.pipelineId);
    await expect(refused).rejects.toMatchObject({
      statusCode: 400,
      message: "A value for the 'Name' parameter must be provided.",
    });
  });

  test('is given null for what is not there', async () => {
    const fake = await openAzureDevOps({ yaml });
    const { builds } = await clientsOf(fake);
    expect(await builds.getBuild(fake.project, 999)).toBeNull();
  });

  test('takes a bearer token until it has expired', async () => {
    let now = Date.parse('2026-03-04T05:06:07Z');
    const fake = await openAzureDevOps({ yaml, clock: () => new Date(now) });
    const { pipelines } = await clientsOf(fake, getBearerHandler(fake.issueToken(60)));
    expect(await pipelines.listRuns(fake.project, fake.pipelineId)).toEqual([]);
    now += 60_000;
    await expect(pipelines.listRuns(fake.project, fake.pipelineId)).rejects.toMatchObject({
      statusCode: 401,
    });
  });
});
