import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProgressEvent } from '../progress/index.ts';
import type { BuildJob } from './build-job.ts';
import type { Engine } from './engine.ts';
import { type RunBuildOptions, runBuild } from './run-build.ts';

const fixtures = fileURLToPath(new URL('../../test/fixtures/buildkit/', import.meta.url));
const engine: Engine = { command: [process.execPath, join(fixtures, 'replay.mjs')] };
const digest = `sha256:${'1'.repeat(64)}`;
const listed = { Name: 'default', Driver: 'docker', Current: true, Nodes: [] };

let scratch = '';

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'run-build-'));
});

afterEach(() => rmSync(scratch, { recursive: true }));

function jobFor(fixture: string, change: Partial<BuildJob> = {}): BuildJob {
  return {
    checkoutDir: join(fixtures, fixture),
    contextDir: join(fixtures, fixture),
    dockerfilePath: join(fixtures, fixture, 'Dockerfile'),
    platforms: ['linux/amd64', 'linux/arm64'],
    buildArgs: [],
    labels: {},
    annotations: {},
    secrets: [],
    namedContexts: [],
    cacheFrom: [],
    cacheTo: [],
    provenance: 'min',
    sbom: false,
    compression: 'gzip',
    noCache: false,
    rewriteTimestamp: false,
    outputDir: join(scratch, 'layout'),
    metadataPath: join(scratch, 'metadata.json'),
    ...change,
  };
}

function build(job: BuildJob, { env, ...options }: Partial<RunBuildOptions> = {}) {
  const metadata = JSON.stringify({ 'containerimage.digest': digest });
  return runBuild(engine, job, {
    emit: () => {},
    timeoutSeconds: 60,
    env: { REPLAY_METADATA: metadata, ...env },
    ...options,
  });
}

describe('runBuild', () => {
  test('returns the digest and what each platform took', async () => {
    const outcome = await build(jobFor('two-platforms'));
    expect(outcome.digest).toBe(digest);
    expect(outcome.platforms.map(({ platform, steps }) => [platform, steps])).toEqual([
      ['linux/amd64', 8],
      ['linux/arm64', 8],
    ]);
  });

  test('reports the warnings of the linter once, with their lines', async () => {
    const events: ProgressEvent[] = [];
    const job = jobFor('warnings', { platforms: ['linux/amd64'] });
    const { warnings } = await build(job, { emit: (event) => events.push(event) });
    expect(warnings).toContainEqual({
      message: "UndefinedVar: Usage of undefined variable '$ALSO'",
      file: job.dockerfilePath,
      line: 5,
      url: 'https://docs.docker.com/go/dockerfile/rule/undefined-var/',
    });
    const notices = events.filter((event) => event.kind === 'notice');
    expect(notices).toHaveLength(warnings.length);
    expect(notices).toContainEqual({
      kind: 'notice',
      level: 'warning',
      message: "Dockerfile:5: UndefinedVar: Usage of undefined variable '$ALSO'",
      file: 'Dockerfile',
      line: 5,
      title: 'UndefinedVar',
    });
  });

  test.each([
    ['failing-run', '"RUN echo "::error::from a build" &&     for i in', 6],
    ['killed', '"RUN sh -c \'kill -9 $$\'; exit $?" failed: exit code: 137', 2],
    ['failing-here-document', '"RUN <<EOF (set -e...)" failed: exit code: 1', 5],
    ['many-steps', '"RUN exit 7" failed: exit code: 7', 24],
    ['onbuild', '"RUN false" failed: exit code: 1', 3],
    ['missing-source', '"COPY nofile /x" failed: "/nofile": not found', 2],
    ['missing-image', 'the build failed: cannot load image "127.0.0.1:5099/nope:1": not found', 3],
    ['syntax-error', 'the build failed: unknown instruction: RUNN (did you mean RUN?)', 3],
    ['unknown-target', 'the build failed: target stage "nope" could not be found', undefined],
  ])('blames the Dockerfile and its line: %s', async (fixture, message, line) => {
    const job = jobFor(fixture, fixture === 'failing-run' ? {} : { platforms: ['linux/amd64'] });
    await expect(build(job)).rejects.toMatchObject({
      code: 'build.failed',
      message: expect.stringContaining(message),
      details: { file: job.dockerfilePath, line },
    });
  });

  test('hands over the last lines of the step that failed, neutralised', async () => {
    await expect(build(jobFor('failing-run'))).rejects.toMatchObject({
      details: {
        platform: expect.stringMatching(/^linux\/(?:amd|arm)64$/),
        instruction: expect.stringMatching(/^RUN echo/),
        output: Array.from({ length: 20 }, (_, index) => `line ${index + 11}`),
      },
    });
  });

  test.each([
    ['killed', /memory/],
    ['missing-source', /\.dockerignore/],
    ['missing-image', /name of the image/],
  ])('hints at the way out: %s', async (fixture, hint) => {
    await expect(build(jobFor(fixture))).rejects.toMatchObject({ hint: expect.stringMatching(hint) });
  });

  test.each(['engine-died', 'engine-stopped', 'cancelled'])('blames the engine: %s', async (fixture) => {
    await expect(build(jobFor(fixture))).rejects.toMatchObject({
      code: 'engine.failed',
      details: { exitCode: 1 },
    });
  });

  test('blames the engine when it names no digest', async () => {
    await expect(build(jobFor('two-platforms'), { env: { REPLAY_METADATA: '{}' } })).rejects.toMatchObject({
      code: 'engine.failed',
    });
  });

  test.each([
    [
      'an engine that does not answer',
      { ...listed, Err: 'no route' },
      'engine.not-found',
      /does not answer: no route/,
    ],
    ['an engine that cannot export', listed, 'engine.not-found', /cannot export OCI image layouts/],
    [
      'a job it cannot start',
      { ...listed, Driver: 'remote' },
      'build.failed',
      /did not start: path "\/x" not found/,
    ],
  ])('before any step, tells apart %s', async (_title, builder, code, message) => {
    const env = {
      REPLAY_WORDS: 'ERROR: failed to build: path "/x" not found\n',
      REPLAY_LS: `${JSON.stringify(builder)}\n`,
    };
    await expect(build(jobFor('two-platforms'), { env })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('says that buildx cannot be started', async () => {
    const missing: Engine = { command: [join(scratch, 'docker-buildx')] };
    const options = { emit: () => {}, timeoutSeconds: 60, env: {} };
    await expect(runBuild(missing, jobFor('two-platforms'), options)).rejects.toMatchObject({
      code: 'engine.not-found',
    });
  });

  test('refuses a secret whose variable is not set', async () => {
    const job = jobFor('two-platforms', { secrets: [{ id: 'token', env: 'TOKEN' }] });
    await expect(build(job)).rejects.toMatchObject({
      code: 'request.invalid',
      details: { field: 'secrets' },
    });
    await expect(build(job, { env: { TOKEN: '' } })).resolves.toMatchObject({ digest });
  });

  test('stops buildx when the run is cancelled, and closes its steps', async () => {
    const controller = new AbortController();
    const events: ProgressEvent[] = [];
    const cancelled = build(jobFor('engine-died'), {
      signal: controller.signal,
      env: { REPLAY: 'hang' },
      emit(event) {
        events.push(event);
        if (event.kind === 'step-log') controller.abort('SIGTERM');
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled', details: { signal: 'SIGTERM' } });
    expect(events.at(-1)).toMatchObject({ kind: 'step-finished', outcome: 'cancelled' });
  });

  test('starts nothing when the run was cancelled before', async () => {
    await expect(build(jobFor('two-platforms'), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  test('stops buildx when its time is over', async () => {
    const late = build(jobFor('engine-died'), { timeoutSeconds: 0.2, env: { REPLAY: 'hang' } });
    await expect(late).rejects.toMatchObject({ code: 'build.timed-out', details: { seconds: 0.2 } });
  });
});
