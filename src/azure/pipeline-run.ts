import type { HttpMethod, HttpResponse } from '../http/index.ts';
import { readJson } from './azure-api.ts';
import { unreadable } from './azure-failure.ts';
import { type PipelinePlace, runLink } from './run-link.ts';
import type { StartedRun } from './run-order.ts';
import { idOf, members, textOf } from './untrusted-json.ts';

/** A run of an answer; undefined when it names none. */
export function startedRun(untrusted: unknown, place: PipelinePlace): StartedRun | undefined {
  const run = members(untrusted);
  const id = idOf(run.id);
  if (id === undefined) return undefined;
  return { id, url: runLink(run, id, place), name: textOf(run.name) };
}

/** The run that is the whole answer. */
export async function readRun(
  response: HttpResponse,
  method: HttpMethod,
  place: PipelinePlace,
): Promise<StartedRun> {
  const run = startedRun(await readJson(response, method), place);
  if (run === undefined) throw unreadable({ method, response }, 'the answer names no run');
  return run;
}
