import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openAzureDevOps, testToken } from '../../test/fakes/azure-devops/open-azure-devops.ts';
import type { FakeAzureDevOpsOptions } from '../../test/fakes/azure-devops/options.ts';
import type { Switches } from '../../test/fakes/azure-devops/switches.ts';
import type { Settings } from '../config/index.ts';
import { Secret } from '../core/index.ts';
import { openPipeline } from './open-pipeline.ts';
import { collectEvents, request, virtualTime } from './run-for-test.ts';
import { pipelineScript } from './service-for-test.ts';

const file = join(import.meta.dirname, '../../azure-pipelines/oci-image-builder.yml');
const variableGroups = { 'image-builder-source': {}, 'image-builder-build': {}, 'image-builder-publish': {} };

async function open(options: FakeAzureDevOpsOptions = {}) {
  const { clock, sleep } = virtualTime();
  const fake = await openAzureDevOps({ script: () => pipelineScript(20), clock, ...options });
  const settings: NonNullable<Settings['adoConfig']> = {
    ...{ adoOrganizationUrl: fake.url, adoProjectName: fake.project, adoPipelineId: fake.pipelineId },
    ...{ adoRetryStrategy: { attempts: 3, delay: 5 }, adoRefreshInterval: 5, adoTimeout: 7_200 },
    ...{ adoParameters: 'encoded', adoSignInRedirect: 'suppress' },
  };
  const { emit, notices } = collectEvents();
  const started: number[] = [];
  const pipeline = openPipeline({
    ...{ pipeline: { settings, host: 'github.com' }, identity: undefined, isGithub: false },
    environment: { AZURE_DEVOPS_EXT_PAT: testToken },
    given: { token: new Secret('t0ken') },
    onStarted: async ({ id }) => void started.push(id),
    ...{ emit, clock, sleep, userAgent: 'image-builder/test', random: () => 0.5 },
  });
  onTestFinished(async () => pipeline[Symbol.asyncDispose]());
  return { fake, pipeline, notices, started, signal: new AbortController().signal };
}

describe('the pipeline of the configuration', () => {
  test('carries a build out, and tells that there is a run', async () => {
    const { fake, pipeline, started, signal } = await open();
    const { report, error } = await pipeline.backend('one').carryOut(request, signal);
    expect([error, report.status, started]).toEqual([undefined, 'Succeeded', [101]]);
    const [run] = fake.runs.values();
    expect(run?.request.templateParameters).toMatchObject({ Submission: 'one', RepoName: 'App' });
    expect(run?.request.variables).toEqual({ OIDC_TOKEN: { value: 't0ken', isSecret: true } });
  });

  test('follows a run again, to the end that the first follower would have seen', async () => {
    const { fake, pipeline, signal } = await open();
    const run = await fake.start({ templateParameters: { Any: 'thing' } });
    const first = await pipeline.attach(run.id, signal);
    expect(first).toMatchObject({ report: { status: 'Succeeded', run: { id: '101', result: 'succeeded' } } });
    expect(await pipeline.attach(run.id, signal)).toEqual(first);
  });

  test('ends a run, and does so again without a word of complaint', async () => {
    const { fake, pipeline, notices } = await open();
    const run = await fake.start();
    await pipeline.cancel(run.id, 5_000);
    await pipeline.cancel(run.id, 5_000);
    expect(run.cancelled.aborted).toBe(true);
    expect([notices('warning'), notices('info')]).toEqual([[], Array(2).fill('run 101 was told to stop')]);
  });

  test('says of a run that is not there that it could not be ended', async () => {
    const { pipeline, notices } = await open();
    await pipeline.cancel(999, 5_000);
    expect(notices('warning')).toEqual([expect.stringMatching(/^run 999 could not be told to stop/)]);
  });

  test.each<Switches['previewAnswer']>(['yaml-only', 'unsaved-run'])(
    'shows the YAML of a run, which is not started, answered as %s',
    async (previewAnswer) => {
      const options = { pipeline: { file }, variableGroups, switches: { previewAnswer } };
      const { fake, pipeline, signal } = await open(options);
      expect(await pipeline.preview(request, undefined, signal)).toContain('stage: identify');
      expect(fake.runs.size).toBe(0);
    },
  );
});
