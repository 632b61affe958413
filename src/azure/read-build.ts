import { type AzureApi, readJson } from './azure-api.ts';
import { unreadable } from './azure-failure.ts';
import type { BuildResult, BuildStatus, PipelineBuild } from './pipeline-build.ts';
import { type PipelinePlace, runLink } from './run-link.ts';
import { idOf, members, timeOf, wordOf } from './untrusted-json.ts';

const statuses = [
  'none',
  'inProgress',
  'completed',
  'cancelling',
  'postponed',
  'notStarted',
] as const satisfies readonly BuildStatus[];

const results = [
  'none',
  'succeeded',
  'partiallySucceeded',
  'failed',
  'canceled',
] as const satisfies readonly BuildResult[];

/** How a run is doing, and how it ended. */
export async function readBuild(
  api: AzureApi,
  { place, id }: { readonly place: PipelinePlace; readonly id: number },
  signal: AbortSignal | undefined,
): Promise<PipelineBuild> {
  const method = 'GET';
  return api.request({ method, path: `build/builds/${id}`, signal }, async (response) => {
    const build = members(await readJson(response, method));
    if (idOf(build.id) !== id) throw unreadable({ method, response }, 'the answer is not about this build');
    return {
      id,
      status: wordOf(statuses, build.status) ?? 'unknown',
      result: wordOf(results, build.result),
      url: runLink(build, id, place),
      queueTime: timeOf(build.queueTime),
      startTime: timeOf(build.startTime),
      finishTime: timeOf(build.finishTime),
    };
  });
}
