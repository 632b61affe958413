import { taskKinds } from '../pipeline/runner/task-kinds.ts';
import { Run, type RunRequest } from './run.ts';
import type { LogLines, RunScript, ScriptEvent, ScriptedRecord } from './run-script.ts';
import { serviceTime } from './service-time.ts';
import type { NewRecord, TimelineRecord } from './timeline.ts';

export interface ScriptedOrder {
  readonly id: number;
  readonly request: RunRequest;
  readonly script: RunScript;
  readonly clock: () => Date;
  readonly longLogs: 'one' | 'paged';
  readonly pageBytes: number;
}

/** A run that follows its script: whenever somebody asks for it, it does what the clock says was due. */
export function scriptedRun(order: ScriptedOrder): Run {
  const { script, clock } = order;
  let now = clock();
  let next = 0;
  let cancelledAt: number | undefined;
  const run = new Run(order.id, order.request, () => now);
  const records = new Map<string, TimelineRecord>();
  const start = now.getTime();
  run.cancelled.addEventListener('abort', () => {
    cancelledAt = clock().getTime();
  });
  run.refresh = () => {
    const asked = clock();
    const until = Math.min(asked.getTime(), cancelledAt ?? asked.getTime());
    for (
      let event = script.events[next];
      event !== undefined && start + event.at <= until;
      event = script.events[++next]
    ) {
      now = new Date(start + event.at);
      apply(event, { run, records, order, now });
    }
    now = asked;
    const end = cancelledAt === undefined ? undefined : cancelledAt + (script.cancelMilliseconds ?? 0);
    if (end !== undefined && end <= asked.getTime()) cancelAll(run, records);
  };
  return run;
}

interface Scene {
  readonly run: Run;
  readonly records: Map<string, TimelineRecord>;
  readonly order: ScriptedOrder;
  readonly now: Date;
}

function apply(event: ScriptEvent, scene: Scene): void {
  if (event.kind === 'start') scene.run.start();
  else if (event.kind === 'finish') scene.run.finish(event.result);
  else show(event.record, scene);
}

function show(told: ScriptedRecord, scene: Scene): void {
  const { run, records, now } = scene;
  const record = records.get(told.key) ?? run.timeline.add(newRecord(told, records));
  records.set(told.key, record);
  const time = serviceTime(now);
  const { state, result, issues, percentComplete, log } = told;
  run.timeline.change(record, {
    ...(state !== undefined && { state }),
    ...(state === 'inProgress' && { startTime: time, workerName: 'scripted 1' }),
    ...(state === 'completed' && { finishTime: time, startTime: record.startTime ?? time }),
    ...(result !== undefined && { result }),
    ...(percentComplete !== undefined && { percentComplete }),
    ...(issues !== undefined && {
      issues: issues.slice(0, 10),
      errorCount: issues.filter(({ type }) => type === 'error').length,
      warningCount: issues.filter(({ type }) => type === 'warning').length,
    }),
    ...(log !== undefined && { logId: keepLog(log, scene) }),
  });
}

function newRecord(
  { key, type, name, parent, refName, order, isDetail }: ScriptedRecord,
  records: Scene['records'],
): NewRecord {
  if (type === undefined || name === undefined)
    throw new Error(`record "${key}" of the script needs a type and a name`);
  const parentId = parent === undefined ? null : records.get(parent)?.id;
  if (parentId === undefined)
    throw new Error(`record "${key}" of the script comes before its parent "${parent}"`);
  const identifier = type === 'Task' ? null : key;
  const task = type === 'Task' && !isDetail ? taskKinds.script : null;
  return { type, name, parentId, identifier, refName: refName ?? null, order: order ?? null, task };
}

/** Id of the log, or of its last page. */
function keepLog({ count, line }: LogLines, { run, order, now }: Scene): number {
  const time = serviceTime(now);
  const text = (number: number) => `${time} ${line(number)}`;
  let [id, first, bytes] = [0, 1, 0];
  const keep = (last: number) => {
    const offset = first - 1;
    const lines = function* (from: number, to: number) {
      for (let number = from + offset; number <= to + offset; number++) yield text(number);
    };
    id = run.logs.addMade(last - offset, lines, now).id;
    [first, bytes] = [last + 1, 0];
  };
  for (let number = 1; order.longLogs === 'paged' && number < count; number++) {
    bytes += Buffer.byteLength(text(number)) + 1;
    if (bytes >= order.pageBytes) keep(number);
  }
  keep(count);
  return id;
}

function cancelAll(run: Run, records: ReadonlyMap<string, TimelineRecord>): void {
  if (run.status === 'completed') return;
  for (const record of records.values())
    if (record.state !== 'completed') run.timeline.finish(record, 'canceled');
  run.finish('canceled');
}
