import { isFailure } from '../core/index.ts';
import { type AzureApi, largeAnswer, readJson } from './azure-api.ts';
import { unreadable } from './azure-failure.ts';
import { startedRun } from './pipeline-run.ts';
import type { PipelinePlace } from './run-link.ts';
import type { SoughtRun, StartedRun } from './run-order.ts';
import { revealed } from './start-run.ts';
import { idOf, members, timeOf } from './untrusted-json.ts';

/** Milliseconds by which the clocks of the service and of this machine may differ. */
const clockLeeway = 5 * 60_000;
/** Runs that are looked at one by one, from the newest on. */
const maxLooks = 50;

export interface Search {
  readonly place: PipelinePlace;
  readonly sought: SoughtRun;
  /** Waits as long as the service wants before the next look. */
  readonly rest: () => Promise<void>;
}

/** The newest run with all of these parameters, which only the answer about a single run tells. */
export async function findRun(
  api: AzureApi,
  { place, sought, rest }: Search,
  signal: AbortSignal | undefined,
): Promise<StartedRun | undefined> {
  const path = `pipelines/${place.pipelineId}/runs`;
  const method = 'GET';
  const listed = await api.request({ method, path, signal }, async (response) => {
    const { value } = members(await readJson(response, method, largeAnswer));
    // An answer that nobody understands must not be taken for "there is no such run".
    if (!Array.isArray(value)) throw unreadable({ method, response }, 'the answer has no list of runs');
    return value;
  });
  const wanted = revealed(sought.templateParameters);
  for (const id of recentIds(listed, sought.notBefore)) {
    await rest();
    const run = members(await lookAt(api, `${path}/${id}`, signal));
    if (hasParameters(run, wanted)) return startedRun({ ...run, id }, place);
  }
  return undefined;
}

function recentIds(untrustedRuns: readonly unknown[], notBefore: Date): readonly number[] {
  const earliest = notBefore.getTime() - clockLeeway;
  return untrustedRuns
    .map(members)
    .filter(({ createdDate }) => (timeOf(createdDate)?.getTime() ?? earliest) >= earliest)
    .map(({ id }) => idOf(id))
    .filter((id) => id !== undefined)
    .toSorted((a, b) => b - a)
    .slice(0, maxLooks);
}

/** A run that was deleted since is none. */
async function lookAt(api: AzureApi, path: string, signal: AbortSignal | undefined): Promise<unknown> {
  const method = 'GET';
  try {
    return await api.request({ method, path, signal }, (response) => readJson(response, method));
  } catch (error) {
    if (isFailure(error, 'azure.rejected') && error.details.status === 404) return undefined;
    throw error;
  }
}

/** What was not sent comes back with its default. */
function hasParameters(
  untrustedRun: Readonly<Record<string, unknown>>,
  sent: Readonly<Record<string, string>>,
): boolean {
  const found = members(untrustedRun.templateParameters);
  return Object.entries(sent).every(
    ([name, value]) => Object.hasOwn(found, name) && isSameValue(String(found[name]), value),
  );
}

/** Values are sent as text, but may come back as what the pipeline declares: a boolean, which the service writes `True`. */
function isSameValue(found: string, sent: string): boolean {
  const isSwitch = sent === 'true' || sent === 'false';
  return (isSwitch ? found.toLowerCase() : found) === sent;
}
