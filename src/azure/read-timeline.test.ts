import { describe, expect, test } from 'vitest';
import { openTestAzure } from '../../test/fakes/azure-devops/open-azure.ts';
import { type Reply, startScriptedService } from '../../test/fakes/azure-devops/scripted-service.ts';

async function timelineOf(reply: Reply) {
  const service = await startScriptedService(() => reply);
  return openTestAzure(service).azure.readTimeline(42);
}

const task = {
  previousAttempts: [],
  id: 'task',
  parentId: 'job',
  type: 'Task',
  name: 'build',
  startTime: '2026-03-04T05:06:07.8106539Z',
  finishTime: null,
  currentOperation: null,
  percentComplete: null,
  state: 'completed',
  result: 'succeededWithIssues',
  resultCode: null,
  changeId: 15,
  lastModified: '0001-01-01T00:00:00',
  workerName: null,
  order: 3,
  errorCount: 12,
  warningCount: 1,
  log: { id: 9, type: 'Container', url: 'https://dev.azure.com/_apis/build/Builds/123/logs/9' },
  task: { id: 'guid', name: 'CmdLine', version: '2.1' },
  attempt: 2,
  identifier: 'Build.Linux.build',
  refName: 'build',
  issues: [
    {
      type: 'error',
      category: 'General',
      message: 'no such file',
      data: { type: 'error', sourcepath: 'Dockerfile', linenumber: '7', code: 'E1', logFileLineNumber: '12' },
    },
    { type: 'warning', message: 'old', data: null },
  ],
};

describe('a timeline', () => {
  test('has what is known of a step', async () => {
    expect(await timelineOf({ body: { records: [task], id: 'x', changeId: 27 } })).toEqual({
      records: [
        {
          id: 'task',
          parentId: 'job',
          type: 'Task',
          name: 'build',
          refName: 'build',
          identifier: 'Build.Linux.build',
          state: 'completed',
          result: 'succeededWithIssues',
          order: 3,
          startTime: new Date('2026-03-04T05:06:07.810Z'),
          finishTime: undefined,
          logId: 9,
          taskName: 'CmdLine',
          attempt: 2,
          issues: [
            { kind: 'error', message: 'no such file', code: 'E1', sourcePath: 'Dockerfile', line: 7 },
            { kind: 'warning', message: 'old', code: undefined, sourcePath: undefined, line: undefined },
          ],
          errorCount: 12,
          warningCount: 1,
        },
      ],
    });
  });

  test('has a record of nothing but an id, and none without one', async () => {
    const records = [{ id: 'a', log: null, issues: null, parentId: null }, {}, null, 'text', { id: 7 }];
    const timeline = await timelineOf({ body: { records } });
    expect(timeline.records).toEqual([
      expect.objectContaining({
        id: 'a',
        parentId: undefined,
        type: 'unknown',
        name: '',
        state: 'unknown',
        result: undefined,
        order: 0,
        logId: undefined,
        attempt: 1,
        issues: [],
        errorCount: 0,
      }),
    ]);
  });

  test.each([
    [{ type: 'Checkpoint.Approval', state: 'pending', result: null }, 'Checkpoint', 'pending', undefined],
    [{ type: 'Stage', state: 'inProgress' }, 'Stage', 'inProgress', undefined],
    [{ type: 'Galaxy', state: 'dreaming', result: 'lucky' }, 'unknown', 'unknown', 'unknown'],
    [{ type: 4, state: 2, result: 0 }, 'unknown', 'unknown', 'unknown'],
  ])('reads %j with the words that we know', async (record, type, state, result) => {
    const { records } = await timelineOf({ body: { records: [{ id: 'a', ...record }] } });
    expect(records[0]).toMatchObject({ type, state });
    expect(records[0]?.result).toBe(result);
  });

  test.each<[string, Reply]>([
    ['no body', { status: 204 }],
    ['an empty body', { body: '' }],
    ['null', { body: null }],
    ['no records', { body: { records: null } }],
    ['an empty list', { body: { records: [] } }],
    ['a byte order mark', { body: '\ufeff{"records":[]}' }],
  ])('that is %s has no records', async (_, reply) => {
    expect(await timelineOf(reply)).toEqual({ records: [] });
  });

  test('of five thousand steps takes no more than its share of time', async () => {
    const bodyOf = (count: number) =>
      JSON.stringify({ records: Array.from({ length: count }, (_, at) => ({ ...task, id: `${at}` })) });
    const cost = async (count: number) => {
      const service = await startScriptedService(() => ({ body: bodies.get(count) }));
      const { azure } = openTestAzure(service);
      const costs: number[] = [];
      for (let round = 0; round < 5; round++) {
        const before = process.cpuUsage();
        expect((await azure.readTimeline(42)).records).toHaveLength(count);
        costs.push(process.cpuUsage(before).user);
      }
      return Math.min(...costs);
    };
    const bodies = new Map([1000, 5000].map((count) => [count, bodyOf(count)]));
    const [few, many] = [await cost(1000), await cost(5000)];
    // Linear is 5 times as much, quadratic 25 times.
    expect(many / few).toBeLessThan(15);
  });
});
