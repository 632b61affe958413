import { describe, expect, test } from 'vitest';
import type { Fault, FaultRule } from '../../test/fakes/azure-devops/rest/faults.ts';
import { exitCodeOf } from '../core/index.ts';
import type { ProgressEvent } from '../progress/index.ts';
import { openService } from './service-for-test.ts';

/** Real milliseconds that an answer may take. */
const patience = 600;
const html = { status: 200, contentType: 'text/html; charset=utf-8', body: '<html>Sign in</html>' } as const;

const faults = {
  timeout: { kind: 'slow', milliseconds: 3 * patience, executed: true },
  reset: { kind: 'dropped', executed: false },
  'reset after it was done': { kind: 'dropped', executed: true },
  401: { kind: 'sign-in', form: '401' },
  203: { kind: 'sign-in', form: '203' },
  302: { kind: 'sign-in', form: '302' },
  404: { kind: 'status', status: 404 },
  429: { kind: 'throttled' },
  '429 with Retry-After': { kind: 'throttled', retryAfter: 20 },
  '200 with Retry-After': { kind: 'warned', retryAfter: 20 },
  500: { kind: 'status', status: 500 },
  503: { kind: 'stopped' },
  truncated: { kind: 'truncated' },
  html: { kind: 'answer', ...html },
} as const satisfies Readonly<Record<string, Fault>>;

type FaultName = keyof typeof faults;

interface Strike extends Omit<FaultRule, 'fault'> {
  /** What has to go wrong before for the call to be made at all. */
  readonly before?: FaultRule;
  readonly isCancelled?: true;
}

const lostStart: FaultRule = {
  ...{ method: 'POST', path: /\/runs\?/ },
  fault: { kind: 'dropped', executed: true },
};

/** Each call, in the middle of a run that goes well otherwise. */
const calls = {
  startRun: { method: 'POST', path: /\/runs\?/ },
  'findRun, the list': { method: 'GET', path: /\/runs\?/, before: lostStart },
  'findRun, one run': { method: 'GET', path: /\/runs\/\d+/, before: lostStart },
  readBuild: { method: 'GET', path: /\/builds\/\d+\?/, after: 2 },
  readTimeline: { method: 'GET', path: /\/timeline/, after: 2 },
  'readLog of a step': { method: 'GET', path: /\/logs\/2\?/ },
  'readLog of the report': { method: 'GET', path: /\/logs\/14\?/ },
  cancelRun: { method: 'PATCH', isCancelled: true },
  'Entra token': { method: 'POST', path: /oauth2/ },
  'Entra token, renewed': { method: 'POST', path: /oauth2/, after: 1 },
} as const satisfies Readonly<Record<string, Strike>>;

type CallName = keyof typeof calls;

async function course(call: CallName, name: FaultName): Promise<string> {
  const { before, isCancelled, ...strike }: Strike = calls[call];
  const { fake, submitBuild } = await openService({ patience });
  if (before !== undefined) fake.fault(before);
  const struck = fake.fault({ ...strike, fault: faults[name] });
  const stop = new AbortController();
  const emit = (event: ProgressEvent) => {
    const isBuilding = event.kind === 'step-started' && event.untrustedName === 'build › make';
    if (isBuilding && isCancelled) stop.abort('SIGTERM');
    if (isBuilding && call === 'Entra token, renewed') fake.expireTokens();
  };
  const { error, report } = await submitBuild({ emit, signal: stop.signal });
  const runs = [...fake.runs.values()];
  const stopped =
    isCancelled && runs.every(({ status }) => status === 'cancelling' || status === 'completed');
  return [
    struck.hits === 1 ? '' : `struck ${struck.hits} times`,
    error === undefined ? report.status : `${error.code}, exit ${exitCodeOf(error)}`,
    runs.length === 1 ? '' : `${runs.length} runs`,
    stopped ? 'stopped' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

const allFaults = Object.keys(faults) as FaultName[];
const good = Object.fromEntries(allFaults.map((fault) => [fault, 'Succeeded']));
const stopped = Object.fromEntries(allFaults.map((fault) => [fault, 'cancelled, exit 130, stopped']));

/** How the build ends when each call is struck once by each fault. */
const ends: Readonly<Record<CallName, Readonly<Record<string, string>>>> = {
  startRun: { ...good, 404: 'azure.rejected, exit 2, 0 runs' },
  'findRun, the list': good,
  'findRun, one run': good,
  readBuild: good,
  readTimeline: good,
  'readLog of a step': good,
  'readLog of the report': good,
  // A run that is not there cannot be told to stop.
  cancelRun: { ...stopped, 404: 'cancelled, exit 130' },
  // Nothing was sent yet, and what Entra refuses in this way it refuses for good.
  'Entra token': {
    ...good,
    ...Object.fromEntries(
      ['401', '203', '302', '404', 'html'].map((fault) => [fault, 'azure.refused, exit 3, 0 runs']),
    ),
  },
  'Entra token, renewed': good,
};

describe('a fault in the middle of a build', { timeout: 60_000 }, () => {
  test.each(Object.keys(calls) as CallName[])(
    'of %s leaves one run, and the end that it would have had',
    async (call) => {
      const row = await Promise.all(allFaults.map(async (fault) => [fault, await course(call, fault)]));
      expect(Object.fromEntries(row)).toEqual(ends[call]);
    },
  );
});
