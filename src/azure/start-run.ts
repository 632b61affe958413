import { Secret } from '../core/index.ts';
import { HttpError } from '../http/index.ts';
import type { AzureApi, AzureCall } from './azure-api.ts';
import { asAzureFailure } from './azure-failure.ts';
import { readRun } from './pipeline-run.ts';
import type { PipelinePlace } from './run-link.ts';
import type { RunOrder, StartedRun, TemplateParameters } from './run-order.ts';

/** Starts a run, once: what may have reached the service is not sent again, and the error says so. */
export async function startRun(
  api: AzureApi,
  { place, order }: { readonly place: PipelinePlace; readonly order: RunOrder },
  signal: AbortSignal | undefined,
): Promise<StartedRun> {
  const { pipelineId, pipelineVersion } = place;
  const call: AzureCall = {
    method: 'POST',
    path: `pipelines/${pipelineId}/runs`,
    query: { pipelineVersion },
    body: runParameters(order),
    secrets: secretsOf(order),
    signal,
  };
  return api.retrying(async () => {
    try {
      return await api.exchange(call, (response) => readRun(response, call.method, place));
    } catch (error) {
      throw mayHaveStarted(error) ? asAzureFailure(error, { uncertain: true }) : error;
    }
  }, signal);
}

function mayHaveStarted(error: unknown): boolean {
  if (!(error instanceof HttpError)) return false;
  const { neverSent = false, fault, status } = error.facts;
  const wasThrottled = fault === 'status' && status === 429;
  return !neverSent && !wasThrottled;
}

/** `RunPipelineParameters` of the REST API, but for what a preview adds. */
export function runParameters({ templateParameters, secretVariables }: RunOrder) {
  const variables = Object.entries(secretVariables).map(([name, secret]) => [
    name,
    { value: secret.reveal(), isSecret: true },
  ]);
  return {
    templateParameters: revealed(templateParameters),
    ...(variables.length === 0 ? {} : { variables: Object.fromEntries(variables) }),
  };
}

/** The parameters as they go over the wire. */
export function revealed(parameters: TemplateParameters): Record<string, string> {
  const pairs = Object.entries(parameters).map(([name, value]) => [
    name,
    value instanceof Secret ? value.reveal() : value,
  ]);
  return Object.fromEntries(pairs);
}

export function secretsOf({ templateParameters, secretVariables }: RunOrder): readonly Secret[] {
  const values = [...Object.values(templateParameters), ...Object.values(secretVariables)];
  return values.filter((value) => value instanceof Secret);
}
