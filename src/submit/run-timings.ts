import type { PipelineBuild, Timeline } from '../azure/index.ts';
import { rfc3339 } from '../core/index.ts';
import type { BuildReport } from '../report/index.ts';

/** A report with the times of the whole run, its time in the queue included, by the clock of the service. */
export function withRunTimings(
  report: BuildReport,
  { build, timeline }: { readonly build: PipelineBuild; readonly timeline: Timeline },
): BuildReport {
  const { queueTime, finishTime } = build;
  if (queueTime === undefined || finishTime === undefined) return report;
  const secondsTo = (time: Date) => Math.max(0, time.getTime() - queueTime.getTime()) / 1000;
  const begun = timeline.records.flatMap(({ type, startTime }) =>
    type === 'Task' && startTime !== undefined ? [secondsTo(startTime)] : [],
  );
  const whole = secondsTo(finishTime);
  const queued = begun.reduce((first, seconds) => Math.min(first, seconds), whole);
  const inside = report.timings.filter(({ stage }) => stage !== 'queue' && stage !== 'run');
  return {
    ...report,
    started: rfc3339(queueTime),
    seconds: whole,
    timings: [{ stage: 'queue', seconds: queued }, { stage: 'run', seconds: whole }, ...inside],
  };
}
