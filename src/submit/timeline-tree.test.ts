import { describe, expect, test } from 'vitest';
import { recordOf } from './run-for-test.ts';
import { ancestors, placedRecords } from './timeline-tree.ts';

const tree = [
  recordOf({ id: 's2', type: 'Stage', name: 'publish', order: 2 }),
  recordOf({ id: 's1', type: 'Stage', name: 'build', order: 1 }),
  recordOf({ id: 'c', type: 'Checkpoint', name: 'Checkpoint', parentId: 's1' }),
  recordOf({ id: 'p', type: 'Phase', name: 'build', parentId: 's1' }),
  recordOf({ id: 'j', type: 'Job', name: 'build amd64', parentId: 'p' }),
  recordOf({ id: 't2', type: 'Task', name: 'push', parentId: 'j', order: 2 }),
  recordOf({ id: 't1', type: 'Task', name: 'checkout', parentId: 'j', order: 1 }),
  recordOf({ id: 'j2', type: 'Job', name: 'publish', parentId: 's2' }),
  recordOf({ id: 'orphan', type: 'Task', name: 'lost', parentId: 'gone', order: 3 }),
];

describe('the records of a timeline', () => {
  test('stand in the order in which they are meant to run, with the way to them', () => {
    expect(placedRecords({ records: tree }).map(({ record, label }) => `${record.id}: ${label}`)).toEqual([
      's1: build',
      'j: build › build amd64',
      't1: build › build amd64 › checkout',
      't2: build › build amd64 › push',
      's2: publish',
      'j2: publish',
      'orphan: lost',
    ]);
  });

  test('know what they lie in, from the top', () => {
    const [task] = tree.filter(({ id }) => id === 't1');
    expect(task && ancestors({ records: tree }, task).map(({ id }) => id)).toEqual(['s1', 'p', 'j']);
  });

  test('may be their own parents without anybody going round', () => {
    const loop = [
      recordOf({ id: 'a', type: 'Task', parentId: 'b' }),
      recordOf({ id: 'b', type: 'Task', parentId: 'a' }),
    ];
    expect(placedRecords({ records: loop })).toEqual([]);
    expect(loop[0] && ancestors({ records: loop }, loop[0]).length).toBeLessThanOrEqual(10);
  });
});
