import { describe, expect, test } from 'vitest';
import type { RunScript } from '../../test/fakes/azure-devops/runs/run-script.ts';
import { simulateBuild } from '../../test/fakes/azure-devops/runs/simulate-build.ts';
import { openService, pipelineScript, printStep, simulatedStage } from './service-for-test.ts';

interface Cost {
  /** Seconds from the end of the run until we know of it. */
  readonly delay: number;
  readonly requests: number;
  /** Seconds. */
  readonly length: number;
}

async function costOf(runs: RunScript): Promise<Cost> {
  const { fake, submitBuild, time } = await openService({ runs });
  const { report } = await submitBuild();
  const [run] = fake.runs.values();
  const [queued, ended] = [run?.queueTime.getTime() ?? 0, run?.finishTime?.getTime() ?? 0];
  expect(report.run?.result).toBe(run?.result);
  return {
    delay: (time.clock().getTime() - ended) / 1000,
    requests: fake.seen.length,
    length: (ended - queued) / 1000,
  };
}

/** What the deployed client comes to: it looks first after 15 seconds, and then every 15. */
const deployedDelay = (length: number) => Math.ceil(length / 15) * 15 - length;

const step = (name: string, seconds: number) => ({ name, milliseconds: seconds * 1000 });
/** An agent takes some seconds to begin with a job. */
const begin = step('begin', 5);
const failing = simulateBuild({
  result: 'failed',
  stages: [
    simulatedStage('identify', begin, step('identify', 6)),
    simulatedStage('build', begin, { ...step('make', 563), result: 'failed' }),
    simulatedStage('publish'),
    simulatedStage('report', begin, printStep),
  ],
});
const refused = simulateBuild({
  queueMilliseconds: 500_000,
  result: 'failed',
  stages: [
    simulatedStage('identify', begin, { ...step('identify', 63), result: 'failed' }),
    ...['build', 'publish', 'report'].map((name) => simulatedStage(name)),
  ],
});
const single = simulateBuild({
  stages: [simulatedStage('all', step('make', 560), step('sign', 20), printStep, step('clean up', 6))],
});
const many = Array.from({ length: 57 }, (_, at) => step(`${at}`, 10));

describe('the end of a build', { timeout: 60_000 }, () => {
  test.each<[string, RunScript, number]>([
    ['with one long step', pipelineScript(580), 230],
    ['with many short steps', pipelineScript(10, many), 500],
    ['that fails', failing, 230],
    ['that is refused after a long time in the queue', refused, 400],
    ['of a single stage', single, 230],
  ])('of ten minutes %s is known within a second, at few requests', async (_, runs, most) => {
    const { delay, requests, length } = await costOf(runs);
    expect(length).toBeGreaterThan(550);
    expect(delay).toBeLessThanOrEqual(1);
    expect(delay).toBeLessThan(deployedDelay(length));
    expect(requests).toBeLessThanOrEqual(most);
  });

  test('of two hours is known within a second, at no more than one request every three seconds', async () => {
    const { delay, requests, length } = await costOf(pipelineScript(7_000));
    expect(delay).toBeLessThanOrEqual(1);
    expect(requests / length).toBeLessThan(1 / 3);
  });
});
