import { expect, test } from 'vitest';
import { collectEvents, recordOf, virtualTime } from './run-for-test.ts';
import { watchQueue } from './watch-queue.ts';

async function watchFor(seconds: number) {
  const { events, emit } = collectEvents();
  const { clock, sleep } = virtualTime();
  const queue = watchQueue({ emit, clock });
  queue.see({ records: [recordOf({ id: 's', type: 'Stage', state: 'inProgress' })] });
  queue.see({ records: [recordOf({ id: 't', type: 'Task' })] });
  await sleep(seconds * 1000, undefined);
  return { events, queue };
}

const title = 'waiting for an agent';
const started = { kind: 'stage-started', stage: 'queue', title };
const running = { records: [recordOf({ id: 't', type: 'Task', state: 'inProgress' })] };

test('a run waits until its first step begins', async () => {
  const { events, queue } = await watchFor(30);
  queue.see(running);
  queue.see(running);
  queue.end('done');
  expect(events).toEqual([started, { kind: 'stage-finished', stage: 'queue', outcome: 'done', seconds: 30 }]);
});

test('a run that nobody follows any more does not wait', async () => {
  const { events, queue } = await watchFor(5);
  queue.end('cancelled');
  expect(events).toEqual([
    started,
    { kind: 'stage-finished', stage: 'queue', outcome: 'cancelled', seconds: 5 },
  ]);
});
