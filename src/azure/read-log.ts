import { throwIfCancelled } from '../core/index.ts';
import { HttpError, type HttpResponse } from '../http/index.ts';
import type { AzureApi, AzureCall } from './azure-api.ts';
import { asAzureFailure } from './azure-failure.ts';
import { createLogLines, withoutTimestamp } from './log-lines.ts';
import { LogPlace } from './log-place.ts';

export interface LogName {
  /** Of the run. */
  readonly id: number;
  readonly logId: number;
}

/** The lines of a log, each once. A break counts as a failed attempt, and the next one reads on behind it. */
export async function* readLog(
  api: AzureApi,
  log: LogName,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  const place = new LogPlace();
  let broken: HttpError | undefined;
  for (;;) {
    const { first, batches } = await api.retrying(async (attempt) => {
      if (attempt === 1 && broken !== undefined) throw broken;
      const opened = newLines(api, { log, place }, signal);
      return { first: await opened.next(), batches: opened };
    }, signal);
    try {
      for (let next = first; !next.done; next = await batches.next())
        for (const line of next.value) yield withoutTimestamp(line);
      return;
    } catch (error) {
      throwIfCancelled(signal);
      if (!(error instanceof HttpError && error.facts.temporary)) throw asAzureFailure(error);
      broken = error;
    } finally {
      await batches.return();
    }
  }
}

/** One reading, in batches as they arrive; every one has a line that was not seen before. */
async function* newLines(
  api: AzureApi,
  { log, place }: { readonly log: LogName; readonly place: LogPlace },
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly string[], void, undefined> {
  const call: AzureCall = {
    method: 'GET',
    path: `build/builds/${log.id}/logs/${log.logId}`,
    query: { startLine: place.startLine },
    accept: 'text/plain',
    signal,
  };
  const reading = place.reading();
  const lines = createLogLines();
  const response = await api.open(call);
  const known = (fresh: readonly string[] | undefined) => fresh ?? refuseOther(response);
  try {
    for await (const chunk of response.stream()) {
      const fresh = known(reading(lines.take(chunk)));
      if (fresh.length > 0) yield fresh;
    }
    const fresh = known(reading(lines.end(), 'end'));
    if (fresh.length > 0) yield fresh;
  } finally {
    response.discard();
  }
}

function refuseOther({ url, status }: HttpResponse): never {
  const reason = 'the log is not the one that was read before';
  throw new HttpError({ fault: 'response', method: 'GET', url, reason, temporary: false, status });
}
