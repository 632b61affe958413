import type { Run } from '../runs/run.ts';
import { serviceTime } from '../runs/service-time.ts';
import type { Timeline, TimelineRecord } from '../runs/timeline.ts';
import { projectUrl, type Service } from './service.ts';

const lastChangedBy = '00000002-0000-8888-8000-000000000000';

export interface TimelineOrder {
  readonly run: Run;
  readonly timeline: Timeline;
  readonly service: Service;
  /** Records that did not change since are left out. */
  readonly since: number;
}

/** A timeline; what has not happened yet is null, unlike in runs and builds. */
export function timelineShape({ run, timeline, service, since }: TimelineOrder): Record<string, unknown> {
  const base = `${projectUrl(service)}/_apis/build/Builds/${run.id}`;
  return {
    records: timeline.records.filter(({ changeId }) => changeId > since).map((one) => recordShape(one, base)),
    lastChangedBy,
    lastChangedOn: serviceTime(timeline.changedOn),
    id: timeline.id,
    changeId: timeline.changeId,
    url: `${base}/Timeline/${timeline.id}`,
  };
}

function recordShape(record: TimelineRecord, base: string): Record<string, unknown> {
  const { logId, details } = record;
  const detailsUrl = details && `${base}/Timeline/${details.id}`;
  return {
    previousAttempts: [],
    id: record.id,
    parentId: record.parentId,
    type: record.type,
    name: record.name,
    startTime: record.startTime,
    finishTime: record.finishTime,
    currentOperation: record.currentOperation,
    percentComplete: record.percentComplete,
    state: record.state,
    result: record.result,
    resultCode: record.resultCode,
    changeId: record.changeId,
    lastModified: '0001-01-01T00:00:00',
    workerName: record.workerName,
    queueId: null,
    order: record.order,
    details: details && { id: details.id, changeId: details.changeId, url: detailsUrl },
    errorCount: record.errorCount,
    warningCount: record.warningCount,
    url: null,
    log: logId === null ? null : { id: logId, type: 'Container', url: `${base}/logs/${logId}` },
    task: record.task,
    attempt: 1,
    identifier: record.identifier,
    refName: record.refName,
    ...(record.issues.length > 0 && { issues: record.issues }),
  };
}
