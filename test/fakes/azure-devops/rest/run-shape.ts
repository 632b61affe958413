import type { Run } from '../runs/run.ts';
import { serviceTime } from '../runs/service-time.ts';
import { projectUrl, type Service } from './service.ts';

const states = { inProgress: 'inProgress', cancelling: 'canceling', completed: 'completed' } as const;

/** A run as the Pipelines API shows it; keys of what has not happened yet are absent. */
export function runShape(run: Run, service: Service): Record<string, unknown> {
  const { switches } = service;
  const url = `${projectUrl(service)}/_apis/pipelines/${service.pipeline.id}/runs/${run.id}`;
  const { result } = run;
  return {
    _links: linksOf(run.id, url, service),
    templateParameters: run.request.templateParameters,
    pipeline: pipelineShape(service),
    state: run.status === 'notStarted' ? switches.stateWhileQueued : states[run.status],
    ...(result !== undefined && {
      result: result === 'partiallySucceeded' ? switches.partiallySucceededRun : result,
    }),
    createdDate: serviceTime(run.queueTime),
    ...(run.finishTime !== undefined && { finishedDate: serviceTime(run.finishTime) }),
    url,
    resources: {
      repositories: {
        self: {
          repository: { type: 'azureReposGit' },
          refName: run.request.refName,
          version: run.request.version,
        },
      },
    },
    variables: Object.fromEntries(
      Object.entries(run.request.variables).map(([name, { value, isSecret }]) => [
        name,
        isSecret ? { isSecret } : { value },
      ]),
    ),
    id: run.id,
    name: run.name,
  };
}

/** In a list, the parameters have been absent since 2022. */
export function listedRunShape(run: Run, service: Service): Record<string, unknown> {
  const { templateParameters, resources, variables, ...shape } = runShape(run, service);
  return shape;
}

/** What a preview by `previewRun` answers with. */
export function previewShape(finalYaml: string, service: Service): Record<string, unknown> {
  const url = `${projectUrl(service)}/_apis/pipelines/${service.pipeline.id}/runs/-1`;
  if (service.switches.previewAnswer === 'yaml-only') return { finalYaml };
  return {
    _links: linksOf(-1, url, service),
    pipeline: pipelineShape(service),
    state: 'unknown',
    url,
    finalYaml,
    id: -1,
    name: null,
  };
}

function pipelineShape(service: Service): object {
  const { id, name, revision } = service.pipeline;
  const url = `${projectUrl(service)}/_apis/pipelines/${id}?revision=${revision}`;
  return { url, id, revision, name, folder: '\\' };
}

function linksOf(runId: number, self: string, service: Service): object {
  const { id, revision } = service.pipeline;
  const base = projectUrl(service);
  return {
    self: { href: self },
    web: { href: `${base}/_build/results?buildId=${runId}` },
    'pipeline.web': { href: `${base}/_build/definition?definitionId=${id}` },
    pipeline: { href: `${base}/_apis/pipelines/${id}?revision=${revision}` },
  };
}
