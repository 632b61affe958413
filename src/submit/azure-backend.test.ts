import { describe, expect, test } from 'vitest';
import type { RunOrder } from '../azure/index.ts';
import { Secret } from '../core/index.ts';
import { azureBackend } from './azure-backend.ts';
import { printedReport } from './report-step.ts';
import {
  at,
  buildOf,
  collectEvents,
  endedTimeline,
  linesOf,
  reportOf,
  request,
  run,
  strictAzure,
  virtualTime,
} from './run-for-test.ts';

function carryOut(form: 'encoded' | 'deployed', onStarted: () => Promise<void>) {
  const orders: RunOrder[] = [];
  const { emit, notices, events } = collectEvents();
  const azure = strictAzure({
    startRun: async (order) => {
      orders.push(order);
      return run;
    },
    readBuild: async () => buildOf({ status: 'completed', result: 'succeeded', finishTime: at(9) }),
    readTimeline: async () => endedTimeline(),
    readLog: () => linesOf(printedReport(JSON.stringify(reportOf())).split('\n')),
  });
  const backend = azureBackend({
    ...{ azure, emit, ...virtualTime(), form, submission: 'one', onStarted },
    token: async () => new Secret('t0ken'),
    limits: { deadline: 60, longestPause: 5_000 },
  });
  const result = backend.carryOut(request, new AbortController().signal);
  return { result, orders, notices, events };
}

describe('a build in Azure DevOps', () => {
  test('sends the token as a secret variable, and says that there is a run', async () => {
    const started: string[] = [];
    const { result, orders } = carryOut('encoded', async () => void started.push('told'));
    expect(await result).toMatchObject({ report: { status: 'Succeeded' } });
    expect(started).toEqual(['told']);
    expect(orders).toHaveLength(1);
    expect(orders[0]?.templateParameters).toMatchObject({ Submission: 'one', Encoding: 'base64' });
    expect(orders[0]?.secretVariables.OIDC_TOKEN?.reveal()).toBe('t0ken');
  });

  test('sends the token as a parameter to a deployed pipeline', async () => {
    const { result, orders } = carryOut('deployed', async () => undefined);
    await result;
    expect(orders[0]?.secretVariables).toEqual({});
    expect(orders[0]?.templateParameters).not.toHaveProperty('Submission');
    expect(String(orders[0]?.templateParameters.Authorization)).toBe('[secret]');
  });

  test('is followed also when nobody can be told of it', async () => {
    const { result, notices } = carryOut('encoded', async () => Promise.reject(new Error('disk full')));
    expect(await result).toMatchObject({ report: { status: 'Succeeded' } });
    expect(notices('warning')).toEqual(['run 42 goes on when this process is killed: disk full']);
  });

  test('shows the token nowhere', async () => {
    const { result, events } = carryOut('deployed', async () => undefined);
    expect(JSON.stringify([await result, events])).not.toContain('t0ken');
  });
});
