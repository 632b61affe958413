import { buildShape } from './build-shape.ts';
import { logAnswer, logShape, noLogsYet } from './log-answers.ts';
import { runOf } from './pipeline-routes.ts';
import { Refusal, type RestAnswer, unknownToEmulator } from './refusal.ts';
import type { RestCall, Route } from './route.ts';
import { readJson } from './run-request.ts';
import { projectUrl } from './service.ts';
import { timelineShape } from './timeline-shape.ts';

/** Calls 5 to 10. */
export const buildRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: 'build/builds/{buildId}',
    query: [],
    answer: ({ service, path }) => ok(buildShape(runOf(service, path.buildId), service)),
  },
  {
    method: 'PATCH',
    pattern: 'build/builds/{buildId}',
    query: [],
    answer: (call) => {
      const run = runOf(call.service, call.path.buildId);
      const { status } = readJson(call.request.headers['content-type'], call.body);
      if (status !== 4 && String(status).toLowerCase() !== 'cancelling')
        throw unknownToEmulator(`a build whose status is set to "${status}"`);
      run.cancel();
      return ok(buildShape(run, call.service));
    },
  },
  {
    method: 'PATCH',
    pattern: 'build/builds/{buildId}/stages/{stageRefName}',
    query: [],
    answer: (call) => {
      const run = runOf(call.service, call.path.buildId);
      const { state } = readJson(call.request.headers['content-type'], call.body);
      if (state !== 0 && String(state).toLowerCase() !== 'cancel')
        throw unknownToEmulator(`a stage whose state is set to "${state}"`);
      run.cancelStage(call.path.stageRefName ?? '');
      return { status: 204 };
    },
  },
  {
    method: 'GET',
    pattern: 'build/builds/{buildId}/logs',
    query: [],
    answer: ({ service, path }) => {
      const run = runOf(service, path.buildId);
      const url = `${projectUrl(service)}/_apis/build/Builds/${run.id}/logs`;
      const value = run.logs.all.map((log) => logShape(log, url));
      return noLogsYet(run, service) ?? ok({ count: value.length, value });
    },
  },
  {
    method: 'GET',
    pattern: 'build/builds/{buildId}/logs/{logId}',
    query: ['startLine', 'endLine'],
    answer: (call) => {
      const log = runOf(call.service, call.path.buildId).logs.find(Number(call.path.logId));
      if (log === undefined)
        throw new Refusal(
          404,
          'LogNotFoundException',
          `The requested log ${call.path.logId} could not be found.`,
        );
      return logAnswer(log, call);
    },
  },
  {
    method: 'GET',
    pattern: 'build/builds/{buildId}/timeline',
    query: ['changeId', 'planId'],
    answer: timeline,
  },
  {
    method: 'GET',
    pattern: 'build/builds/{buildId}/timeline/{timelineId}',
    query: ['changeId', 'planId'],
    answer: timeline,
  },
];

function ok(body: unknown): RestAnswer {
  return { status: 200, body };
}

function timeline({ service, path, query }: RestCall): RestAnswer {
  const run = runOf(service, path.buildId);
  const none = noLogsYet(run, service);
  if (none !== undefined) return none;
  const wanted = path.timelineId?.toLowerCase();
  const all = [run.timeline, ...run.timeline.records.flatMap(({ details }) => details ?? [])];
  const found = wanted === undefined ? run.timeline : all.find(({ id }) => id === wanted);
  if (found === undefined)
    throw new Refusal(404, 'TimelineNotFoundException', `The timeline ${wanted} could not be found.`);
  const since = service.switches.changeId === 'incremental' ? Number(query.get('changeId') ?? 0) : 0;
  return ok(timelineShape({ run, timeline: found, service, since }));
}
