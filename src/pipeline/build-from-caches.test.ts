import { expect, test } from 'vitest';
import type { BuildJob, BuildOutcome } from '../buildkit/index.ts';
import { ImageBuilderError } from '../core/index.ts';
import { digestOf } from '../oci/index.ts';
import type { ProgressEvent } from '../progress/index.ts';
import { buildFromCaches } from './build-from-caches.ts';
import type { Ports } from './ports.ts';

const layer = digestOf('a layer');
const job = { outputDir: '/nowhere/image', cacheFrom: [] } as unknown as BuildJob;
const outcome = { warnings: [] } as unknown as BuildOutcome;
const caches = [{ reference: 'reg.example/cache:x', layers: [layer], steps: [] }];

/** A build that fails like this while it has caches. */
async function build(error: ImageBuilderError) {
  const [attempts, events]: [(readonly string[])[], ProgressEvent[]] = [[], []];
  const ports = {
    build: async ({ cacheFrom }: BuildJob) => {
      attempts.push(cacheFrom);
      if (cacheFrom.length > 0) throw error;
      return outcome;
    },
  } as unknown as Ports;
  const run = { root: '/', ports, emit: (event: ProgressEvent) => events.push(event) };
  const built = buildFromCaches(run, { job, caches }, new AbortController().signal);
  return { built: await built.catch((thrown: unknown) => thrown), attempts, events };
}

const failed = (message: string) => new ImageBuilderError('build.failed', message, { output: [] });

test.each([
  ['a step', failed(`failed commit on ref "layer-${layer}": unexpected commit digest`)],
  ['the export', new ImageBuilderError('engine.failed', `blob ${layer} not found`, { exitCode: 1 })],
])('a build begins again without its caches when %s fails over one of their layers', async (_, error) => {
  const { built, attempts, events } = await build(error);
  expect(built).toEqual(outcome);
  expect(attempts).toEqual([['reg.example/cache:x'], []]);
  expect(events).toMatchObject([
    { level: 'warning', message: `layers are not taken from the cache: ${error.message}` },
  ]);
});

test.each([
  ['of its own', failed('exit code: 1')],
  ['over a layer of its base', failed(`failed commit on ref "layer-${digestOf('a base')}"`)],
  [
    'because it was cancelled',
    new ImageBuilderError('cancelled', `cancelled at ${layer}`, { signal: 'SIGINT' }),
  ],
])('a build that fails %s has failed', async (_, error) => {
  const { built, attempts, events } = await build(error);
  expect(built).toBe(error);
  expect([attempts.length, events.length]).toEqual([1, 0]);
});
