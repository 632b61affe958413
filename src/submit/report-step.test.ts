import { describe, expect, test } from 'vitest';
import {
  printedReport,
  type ReadReport,
  readPrintedReport,
  reportOfRun,
  reportSteps,
} from './report-step.ts';
import { endedTimeline, recordOf, reportName, reportOf, stageOf } from './run-for-test.ts';

const printed = (value: unknown) => printedReport(JSON.stringify(value, null, 2)).split('\n');
const deployed = {
  ...{ status: 'succeeded', pushed: true, signed: false, image_name: 'app', images_list: ['r/app:v1'] },
  ...{ digest: 'sha256:1', tags: ['v1'], repository_path: 'r/', architectures: ['linux/amd64'] },
};

describe('the report', () => {
  test('is what stands between the lines, whatever is printed around it', () => {
    const lines = ['##[section]Starting', ...printed(reportOf()), '##[section]Finishing'];
    expect(readPrintedReport(lines)).toEqual({ kind: 'report', report: reportOf() });
  });

  test('of a deployed pipeline becomes one of ours', () => {
    expect(readPrintedReport(printed(deployed))).toMatchObject({
      kind: 'report',
      report: { version: 1, status: 'Succeeded', signed: false, images_list: ['r/app:v1'], tags: ['v1'] },
    });
  });

  test('of a deployed pipeline may lack its lists, and end in words that nobody knows', () => {
    const poor = { ...deployed, status: 'odd', images_list: null, tags: null, architectures: null };
    expect(readPrintedReport(printed({ ...poor, digest: undefined }))).toMatchObject({
      kind: 'report',
      report: { status: 'Failed', images_list: [], tags: [], architectures: [], digest: '' },
    });
  });

  test.each<[string, readonly string[] | undefined, RegExp]>([
    ['is not there', ['nothing'], /printed none/],
    ['has no end', printed(reportOf()).slice(0, -2), /printed none/],
    ['ends before it begins', printed(reportOf()).toReversed(), /printed none/],
    ['is printed twice', [...printed(reportOf()), ...printed(reportOf())], /more than one/],
    ['has a forged beginning', ['---IMAGE BUILD REPORT---', '{}', ...printed(reportOf())], /more than one/],
    ['is cut off', printedReport('{"version": 1,').split('\n'), /is not JSON/],
    ['has a name twice', printedReport('{"a":1,"a":2}').split('\n'), /is not JSON/],
    ['is empty', printed({}), /not understood/],
    ['is of a version to come', printed({ ...deployed, version: 2 }), /not understood/],
    ['has a field that nobody knows', printed({ ...reportOf(), extra: 1 }), /not understood/],
    ['is larger than any', undefined, /larger than 8.4 MB/],
    ['has a masked digest', printed(reportOf({ digest: 'sha256:***' })), /masked a part of its "digest"/],
    ['has a masked image', printed(reportOf({ images_list: ['r/a:v1', '***/a:v2'] })), /its "images_list"/],
  ])('is none when it %s', (_, lines, reason) => {
    expect(readPrintedReport(lines)).toEqual({ kind: 'none', reason: expect.stringMatching(reason) });
  });

  test('may hold a mask in what is only told', () => {
    const warnings = [{ message: 'the secret is ***' }];
    expect(readPrintedReport(printed(reportOf({ warnings })))).toMatchObject({ kind: 'report' });
  });
});

describe('the step that prints it', () => {
  const named = { name: reportName } as const;
  test.each([
    ['its name', recordOf({ id: 'x', type: 'Task', parentId: 'build-job', ...named }), true],
    [
      'its reference name',
      recordOf({ id: 'x', type: 'Task', parentId: 'build-job', refName: reportName }),
      true,
    ],
    [
      'its name, but was written by the output of a step',
      recordOf({ id: 'x', type: 'Task', parentId: 'build-job', taskName: undefined, ...named }),
      false,
    ],
    ['its name, but lies in no job', recordOf({ id: 'x', type: 'Task', parentId: 'build', ...named }), false],
    ['its name, but is a job', recordOf({ id: 'x', type: 'Job', parentId: 'build', ...named }), false],
    ['another name', recordOf({ id: 'x', type: 'Task', parentId: 'build-job' }), false],
  ])('is known by %s', (_, record, isOne) => {
    expect(reportSteps({ records: [...stageOf('build', []), record] })).toEqual(isOne ? [record] : []);
  });

  const report: ReadReport = { kind: 'report', report: reportOf() };
  const second = stageOf('again', [{ id: 'print2', type: 'Task', ...named }]);
  test.each<[string, ReturnType<typeof endedTimeline>, Record<string, ReadReport>, ReadReport]>([
    ['one that printed', endedTimeline(), { print: report }, report],
    [
      'none',
      { records: [] },
      { print: report },
      { kind: 'none', reason: 'the step that prints it did not run' },
    ],
    [
      'two',
      endedTimeline(...second),
      { print: report, print2: report },
      { kind: 'none', reason: `more than one step calls itself "${reportName}"` },
    ],
    [
      'one without a log',
      endedTimeline(),
      {},
      { kind: 'none', reason: `step "${reportName}" has left no log` },
    ],
  ])('gives a run with %s its report, or none', (_, timeline, reports, expected) => {
    expect(reportOfRun(timeline, (id) => reports[id])).toEqual(expected);
  });
});
