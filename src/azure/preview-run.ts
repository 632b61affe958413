import type { AzureApi, AzureCall } from './azure-api.ts';
import { readJson } from './azure-api.ts';
import { unreadable } from './azure-failure.ts';
import type { PipelinePlace } from './run-link.ts';
import type { PreviewOrder } from './run-order.ts';
import { runParameters, secretsOf } from './start-run.ts';
import { members } from './untrusted-json.ts';

/** The pipeline file with all its templates and parameters put in; nothing is started, so it may be repeated. */
export async function previewRun(
  api: AzureApi,
  { place, order }: { readonly place: PipelinePlace; readonly order: PreviewOrder },
  signal: AbortSignal | undefined,
): Promise<string> {
  const { pipelineId, pipelineVersion } = place;
  const method = 'POST';
  const call: AzureCall = {
    method,
    path: `pipelines/${pipelineId}/preview`,
    query: { pipelineVersion },
    body: {
      ...runParameters(order),
      previewRun: true,
      ...(order.yaml === undefined ? {} : { yamlOverride: order.yaml }),
    },
    secrets: secretsOf(order),
    signal,
  };
  return api.request(call, async (response) => {
    const { finalYaml } = members(await readJson(response, method));
    if (typeof finalYaml === 'string') return finalYaml;
    throw unreadable({ method, response }, 'the answer has no final YAML');
  });
}
