import { type AzureApi, largeAnswer, readJson } from './azure-api.ts';
import type {
  Timeline,
  TimelineIssue,
  TimelineRecord,
  TimelineRecordType,
  TimelineResult,
  TimelineState,
} from './timeline.ts';
import { countOf, entries, idOf, members, textOf, timeOf, wordOf } from './untrusted-json.ts';

const types = [
  'Stage',
  'Phase',
  'Job',
  'Task',
  'Checkpoint',
] as const satisfies readonly TimelineRecordType[];

const states = ['pending', 'inProgress', 'completed'] as const satisfies readonly TimelineState[];

const results = [
  'succeeded',
  'succeededWithIssues',
  'failed',
  'canceled',
  'skipped',
  'abandoned',
] as const satisfies readonly TimelineResult[];

/** All records of a run at once; before a job started there may be no body, `null`, or no records in it. */
export async function readTimeline(
  api: AzureApi,
  id: number,
  signal: AbortSignal | undefined,
): Promise<Timeline> {
  const method = 'GET';
  return api.request({ method, path: `build/builds/${id}/timeline`, signal }, async (response) => {
    const { records } = members(await readJson(response, method, largeAnswer));
    return { records: entries(records).flatMap(timelineRecord) };
  });
}

/** A record without an id is none, since nothing can belong to it. */
function timelineRecord(untrusted: unknown): TimelineRecord[] {
  const record = members(untrusted);
  const id = textOf(record.id);
  if (id === undefined) return [];
  const { refName, identifier, name } = record;
  return [
    {
      id,
      parentId: textOf(record.parentId),
      type: recordType(record.type),
      name: textOf(name) ?? '',
      refName: textOf(refName),
      identifier: textOf(identifier),
      state: wordOf(states, record.state) ?? 'unknown',
      result: wordOf(results, record.result),
      order: countOf(record.order) ?? 0,
      startTime: timeOf(record.startTime),
      finishTime: timeOf(record.finishTime),
      logId: idOf(members(record.log).id),
      taskName: textOf(members(record.task).name),
      attempt: countOf(record.attempt) ?? 1,
      issues: entries(record.issues).map(timelineIssue),
      errorCount: countOf(record.errorCount) ?? 0,
      warningCount: countOf(record.warningCount) ?? 0,
    },
  ];
}

/** Below a `Checkpoint` stand `Checkpoint.Approval` and others of its kind. */
function recordType(untrusted: unknown): TimelineRecordType {
  const [kind] = textOf(untrusted)?.split('.') ?? [];
  return wordOf(types, kind) ?? 'unknown';
}

function timelineIssue(untrusted: unknown): TimelineIssue {
  const issue = members(untrusted);
  const data = lowerCaseNames(members(issue.data));
  return {
    kind: wordOf(['error', 'warning'], issue.type) === 'warning' ? 'warning' : 'error',
    message: textOf(issue.message) ?? '',
    code: textOf(data.code),
    sourcePath: textOf(data.sourcepath),
    line: idOf(data.linenumber),
  };
}

/** The agent does not tell `sourcePath` from `sourcepath`. */
function lowerCaseNames(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name.toLowerCase(), value]));
}
