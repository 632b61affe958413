import { PipelineError } from '../pipeline/pipeline-error.ts';
import type { Run } from '../runs/run.ts';
import { logShape, noLogsYet } from './log-answers.ts';
import { Refusal, type RestAnswer } from './refusal.ts';
import type { RestCall, Route } from './route.ts';
import { type ReadRequest, readRunRequest } from './run-request.ts';
import { listedRunShape, previewShape, runShape } from './run-shape.ts';
import type { Service } from './service.ts';

/** Calls 1 to 4, and the list of runs. */
export const pipelineRoutes: readonly Route[] = [
  {
    method: 'POST',
    pattern: 'pipelines/{pipelineId}/runs',
    query: ['pipelineVersion'],
    answer: (call) => {
      const { service } = call;
      checkPipeline(call);
      const { request, previewRun, yamlOverride } = readRunRequest(call);
      if (previewRun)
        return ok(previewShape(preview(service, { request, previewRun, yamlOverride }), service));
      if (yamlOverride !== undefined)
        throw new Refusal(400, 'ArgumentException', 'yamlOverride is for preview runs only', 0);
      return ok(
        runShape(
          refusing(service, () => service.queue(request)),
          service,
        ),
      );
    },
  },
  {
    method: 'GET',
    pattern: 'pipelines/{pipelineId}/runs',
    query: [],
    answer: (call) => {
      checkPipeline(call);
      const value = [...call.service.runs.values()]
        .toReversed()
        .map((run) => listedRunShape(run, call.service));
      return ok({ count: value.length, value });
    },
  },
  {
    method: 'POST',
    pattern: 'pipelines/{pipelineId}/preview',
    query: ['pipelineVersion'],
    answer: (call) => {
      checkPipeline(call);
      return ok({ finalYaml: preview(call.service, readRunRequest(call)) });
    },
  },
  {
    method: 'GET',
    pattern: 'pipelines/{pipelineId}/runs/{runId}',
    query: [],
    answer: (call) => {
      checkPipeline(call);
      return ok(runShape(runOf(call.service, call.path.runId), call.service));
    },
  },
  {
    method: 'GET',
    pattern: 'pipelines/{pipelineId}/runs/{runId}/logs',
    query: ['$expand'],
    answer: (call) => {
      checkPipeline(call);
      const { service } = call;
      const run = runOf(service, call.path.runId);
      const none = noLogsYet(run, service);
      const url = `${service.origin}/${service.organization}/${service.project.id}/_apis/pipelines/${service.pipeline.id}/runs/${run.id}/logs`;
      return none ?? ok({ logs: run.logs.all.map((log) => logShape(log, url)), url });
    },
  },
];

function ok(body: unknown): RestAnswer {
  return { status: 200, body };
}

function preview(service: Service, { request, yamlOverride }: ReadRequest): string {
  return refusing(service, () => service.preview(request, yamlOverride));
}

/** What is wrong with the file, or with what the request gives to it, is the fault of the request. */
function refusing<T>({ switches }: Service, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    const { status, typeKey } = error.isAboutParameters
      ? switches.parameterRefusal
      : { status: 400, typeKey: 'PipelineValidationException' };
    throw new Refusal(status, typeKey, error.message);
  }
}

function checkPipeline({ service, path }: RestCall): void {
  if (Number(path.pipelineId) === service.pipeline.id) return;
  throw new Refusal(
    404,
    'PipelineDoesNotExistException',
    `Pipeline with id ${path.pipelineId} does not exist.`,
  );
}

/** The run of this number, as it is now. */
export function runOf({ runs }: Service, id: string | undefined): Run {
  const run = runs.get(Number(id));
  if (run === undefined)
    throw new Refusal(404, 'BuildNotFoundException', `The requested build ${id} could not be found.`);
  run.refresh();
  return run;
}
