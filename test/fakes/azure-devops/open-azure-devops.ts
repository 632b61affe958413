import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type FakeAzureDevOps, startFakeAzureDevOps } from './fake-azure-devops.ts';
import type { FakeAzureDevOpsOptions } from './options.ts';
import type { Run } from './runs/run.ts';
import type { TimelineRecord } from './runs/timeline.ts';

/** The personal access token that a test emulator takes. */
export const testToken = 'token-of-the-test';

export interface TestAzureDevOps extends FakeAzureDevOps {
  /** Asks below `_apis` of the project, with a good token unless other headers are given. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  /** Posts to a path below `_apis` of the project, by default to run the pipeline; a text as it is, other bodies as JSON. */
  readonly post: (body: unknown, path?: string) => Promise<Response>;
  /** Runs the pipeline to its end. */
  readonly run: (order?: object) => Promise<Run>;
  /** Starts it, and resolves as soon as it has been queued. */
  readonly start: (order?: object) => Promise<Run>;
}

export interface TestAzureDevOpsOptions extends FakeAzureDevOpsOptions {
  /** Of the pipeline file. */
  readonly yaml?: string;
}

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };

/** An emulator that ends with the test, with a pool `default` and hardly any time between signals. */
export async function openAzureDevOps(options: TestAzureDevOpsOptions = {}): Promise<TestAzureDevOps> {
  const directory = await mkdtemp(join(tmpdir(), 'pipeline-'));
  const file = join(directory, 'pipeline.yml');
  await writeFile(file, options.yaml ?? '');
  const fake = await startFakeAzureDevOps({
    personalAccessTokens: [testToken],
    pools: { default: { env } },
    ...options,
    pipeline: { file, ...options.pipeline },
  });
  onTestFinished(async () => {
    await fake.close();
    await rm(directory, { recursive: true });
  });
  const headers = { authorization: `Basic ${btoa(`:${testToken}`)}`, 'content-type': 'application/json' };
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${fake.url}/${fake.project}/_apis/${path}`, { redirect: 'manual', headers, ...init });
  const post = (body: unknown, path = `pipelines/${fake.pipelineId}/runs?api-version=7.1`) =>
    ask(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  const start = async (order: object = {}) => {
    const answer = await post(order);
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${answer.status}: ${JSON.parse(text).message}`);
    const run = fake.runs.get(JSON.parse(text).id);
    if (run === undefined) throw new Error('the run that was answered is not there');
    return run;
  };
  const run = async (order: object = {}) => {
    const started = await start(order);
    await started.ended;
    return started;
  };
  return { ...fake, ask, post, start, run };
}

/** The first record that has this name. */
export function recordOf(run: Run, name: string, type?: string): TimelineRecord {
  const found = run.timeline.records.find(
    (record) => [record.name, record.refName].includes(name) && record.type === (type ?? record.type),
  );
  if (found === undefined) throw new Error(`the run has no record "${name}"`);
  return found;
}

export function resultsOf(run: Run, names: readonly string[]): readonly (string | null)[] {
  return names.map((name) => recordOf(run, name).result);
}

/** Members that an answer of JSON has. */
export type Json = Readonly<Record<string, unknown>>;

export async function jsonOf(answer: Response | Promise<Response>): Promise<Json> {
  return (await (await answer).json()) as Json;
}

/** What a step has printed: its log without timestamps, headers and sections. */
export function outputOf(run: Run, name: string): readonly string[] {
  const { logId } = recordOf(run, name, 'Task');
  const log = logId === null ? undefined : run.logs.find(logId);
  const lines = log === undefined ? [] : [...log.lines(1, log.lineCount)];
  const texts = lines.map((line) => line.replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z /, ''));
  const start = texts.findIndex((text) => text.startsWith('[command]'));
  return texts.slice(start + 1).filter((text) => !text.startsWith('##[section]'));
}
