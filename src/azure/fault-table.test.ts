import { describe, expect, test } from 'vitest';
import { openTestAzure } from '../../test/fakes/azure-devops/open-azure.ts';
import {
  type Reply,
  type SeenCall,
  startScriptedService,
} from '../../test/fakes/azure-devops/scripted-service.ts';
import { openTestHttp } from '../../test/fakes/registry/open-http.ts';
import { type ImageBuilderError, Secret } from '../core/index.ts';
import { type AzureDevOps, entraCredential, isUncertain } from './index.ts';

const templateParameters = { Name: 'app' };
const order = { templateParameters, secretVariables: {} };
const sought = { templateParameters, notBefore: new Date('2026-03-04T05:00:00Z') };
const patience = { timeouts: { headers: 50 }, policy: { attempts: 3 } };
const signInPage = { body: '<html>Sign in</html>', headers: { 'content-type': 'text/html; charset=utf-8' } };

const faults = {
  timeout: { end: 'silence' },
  reset: { end: 'reset' },
  401: { status: 401 },
  '203 page': { status: 203, ...signInPage },
  302: { status: 302, headers: { location: '/_signin' } },
  '200 page': signInPage,
  404: { status: 404, body: { message: 'TF200016: no such project', typeKey: 'ProjectDoesNotExist' } },
  429: { status: 429, body: { message: 'TF400733: The request has been canceled' } },
  '429 with Retry-After': { status: 429, headers: { 'retry-after': '7' } },
  500: { status: 500 },
  503: { status: 503, body: '\ufeff{"message":"TF24668: stopped"}' },
  'cut off': { body: { id: 42 }, end: 'cut' },
} as const satisfies Readonly<Record<string, Reply>>;

type Fault = keyof typeof faults;

/** The calls of a way to use the adapter, and which of them fails. */
const calls = {
  startRun: ['POST pipelines/7/runs', (azure) => azure.startRun(order)],
  previewRun: ['POST pipelines/7/preview', (azure) => azure.previewRun(order)],
  'findRun, the list': ['GET pipelines/7/runs', (azure) => azure.findRun(sought)],
  'findRun, one run': ['GET pipelines/7/runs/42', (azure) => azure.findRun(sought)],
  readBuild: ['GET build/builds/42', (azure) => azure.readBuild(42)],
  readTimeline: ['GET build/builds/42/timeline', (azure) => azure.readTimeline(42)],
  readLog: ['GET build/builds/42/logs/9', (azure) => Array.fromAsync(azure.readLog(42, 9))],
  cancelRun: ['PATCH build/builds/42', (azure) => azure.cancelRun(42)],
  'Entra token': ['POST /tenant/oauth2/v2.0/token', (_, entra) => entra()],
} as const satisfies Readonly<
  Record<string, readonly [string, (azure: AzureDevOps, entra: () => Promise<unknown>) => Promise<unknown>]>
>;

type Call = keyof typeof calls;

interface Course {
  readonly end: string;
  /** How often the failing call was made. */
  readonly times: number;
}

async function course(call: Call, fault: Fault, howOften: number): Promise<Course> {
  const [failing, work] = calls[call];
  const fails = ({ method, path }: SeenCall) => `${method} ${path}` === failing;
  const service = await startScriptedService((seen, count) =>
    fails(seen) && count <= howOften ? faults[fault] : undefined,
  );
  const { azure } = openTestAzure(service, {}, patience);
  const { http } = openTestHttp(patience);
  const credential = entraCredential({
    http,
    clock: () => new Date(0),
    tenantId: 'tenant',
    clientId: 'client',
    proof: { kind: 'secret', secret: new Secret('s3cret') },
    authorityUrl: new URL(service.organizationUrl).origin,
  });
  const end = await work(azure, () => credential.authorization(undefined)).then(
    (value) => (value === undefined && failing.startsWith('GET') ? 'nothing' : 'done'),
    endOf,
  );
  return { end, times: service.seen.filter(fails).length };
}

function endOf(error: ImageBuilderError): string {
  return isUncertain(error) ? 'uncertain' : error.code.replace('azure.', '');
}

const allFaults = Object.keys(faults) as Fault[];
const refused = { end: 'refused', times: 1 };
const rejected = { end: 'rejected', times: 1 };
const uncertain = { end: 'uncertain', times: 1 };
const givenUp = { end: 'unavailable', times: patience.policy.attempts };
const atOnce = { end: 'done', times: 1 };

const signIn = { 401: refused, '203 page': refused, 302: refused, '200 page': refused } as const;
const throttled = { 429: givenUp, '429 with Retry-After': givenUp } as const;
const reading = {
  ...signIn,
  ...throttled,
  timeout: givenUp,
  reset: givenUp,
  404: rejected,
  500: givenUp,
  503: givenUp,
  'cut off': givenUp,
} as const;

/** How each call ends when every answer is this fault. */
const ends: Readonly<Record<Call, Readonly<Record<Fault, Course>>>> = {
  startRun: {
    ...signIn,
    ...throttled,
    timeout: uncertain,
    reset: uncertain,
    404: rejected,
    500: uncertain,
    503: uncertain,
    'cut off': uncertain,
  },
  previewRun: reading,
  'findRun, the list': reading,
  'findRun, one run': { ...reading, 404: { end: 'nothing', times: 1 } },
  readBuild: reading,
  readTimeline: reading,
  readLog: reading,
  // The status says all that there is to know.
  cancelRun: { ...reading, 'cut off': atOnce },
  'Entra token': { ...reading, 404: refused },
};

/** Every call with every fault, which fails for the first `howOften` times, all at the same time. */
async function table(howOften: number): Promise<Record<string, Record<string, Course>>> {
  const row = async (call: Call) =>
    Object.fromEntries(
      await Promise.all(allFaults.map(async (fault) => [fault, await course(call, fault, howOften)])),
    );
  return Object.fromEntries(
    await Promise.all(Object.keys(calls).map(async (call) => [call, await row(call as Call)])),
  );
}

describe('every call', { timeout: 30_000 }, () => {
  test('ends as the table says when a fault stays', async () => {
    expect(await table(Number.POSITIVE_INFINITY)).toEqual(ends);
  });

  test('gets over a fault that passes, unless the first answer is final', async () => {
    const recovered = (row: Readonly<Record<Fault, Course>>) =>
      Object.entries(row).map(([fault, end]) => [fault, end === givenUp ? { end: 'done', times: 2 } : end]);
    const expected = Object.entries(ends).map(([call, row]) => [call, Object.fromEntries(recovered(row))]);
    expect(await table(1)).toEqual(Object.fromEntries(expected));
  });
});
