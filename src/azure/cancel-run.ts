import { isFailure } from '../core/index.ts';
import type { AzureApi } from './azure-api.ts';
import { readBuild } from './read-build.ts';
import type { PipelinePlace } from './run-link.ts';

/** Asks for the end of a run; a refusal to end what has ended, or is ending, is no failure. */
export async function cancelRun(
  api: AzureApi,
  { place, id }: { readonly place: PipelinePlace; readonly id: number },
  signal: AbortSignal | undefined,
): Promise<void> {
  const call = {
    method: 'PATCH',
    path: `build/builds/${id}`,
    body: { status: 'cancelling' },
    signal,
  } as const;
  try {
    await api.request(call, async () => undefined);
  } catch (error) {
    if (!isFailure(error, 'azure.rejected') || error.details.status === 404) throw error;
    const { status } = await readBuild(api, { place, id }, signal);
    if (status !== 'completed' && status !== 'cancelling') throw error;
  }
}
