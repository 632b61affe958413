import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AzureDevOps } from '../azure/index.ts';
import { cancelled, ImageBuilderError, Secret } from '../core/index.ts';
import { orderRun } from './order-run.ts';
import { collectEvents, request, run, strictAzure, virtualTime } from './run-for-test.ts';
import { startOnce } from './start-once.ts';

const answer = { method: 'POST', url: 'https://dev.azure.com/team' };
const lost = () => new ImageBuilderError('azure.unavailable', 'cut off', { ...answer, uncertain: true });
const down = () => new ImageBuilderError('azure.unavailable', 'no answer', answer);
const refused = () => new ImageBuilderError('azure.refused', 'not let in', { ...answer, status: 401 });
const order = orderRun(request, { form: 'encoded', submission: 'one', token: new Secret('t0ken') });

type Answer<T> = T | Error;

/** A service with these answers to `startRun` and to `findRun`, in turn. */
function startWith(
  starts: readonly Answer<typeof run>[],
  finds: readonly Answer<typeof run | undefined>[] = [],
) {
  const [leftStarts, leftFinds] = [[...starts], [...finds]];
  const sought: unknown[] = [];
  const next = <T>(left: Answer<T>[]): T => {
    if (left.length === 0) throw new Error('nobody expects this call');
    const value = left.shift() as Answer<T>;
    if (value instanceof Error) throw value;
    return value;
  };
  const azure = strictAzure({
    startRun: async () => next(leftStarts),
    findRun: async ({ templateParameters }) => {
      sought.push(templateParameters);
      return next(leftFinds);
    },
  });
  const { emit, notices } = collectEvents();
  const { clock, sleep, slept } = virtualTime();
  const result = startOnce({ azure, order, clock, sleep, emit, signal: new AbortController().signal });
  return { result, sought, slept, notices, unused: () => leftStarts.length + leftFinds.length };
}

describe('a run', () => {
  test('is started', async () => {
    expect(await startWith([run]).result).toBe(run);
  });

  test('is looked for when the answer was lost, by what no other run was sent', async () => {
    const { result, sought, slept } = startWith([lost()], [undefined, undefined, run]);
    expect(await result).toBe(run);
    expect(sought).toEqual([{ Submission: 'one' }, { Submission: 'one' }, { Submission: 'one' }]);
    expect(slept).toEqual([1_000, 4_000, 10_000]);
  });

  test('is ordered again only when it is nowhere to be found', async () => {
    const nowhere = [undefined, undefined, undefined];
    const { result, unused } = startWith([lost(), lost(), run], [...nowhere, ...nowhere]);
    expect([await result, unused()]).toEqual([run, 0]);
  });

  test('is given up when three orders are lost', async () => {
    const { result, unused } = startWith([lost(), lost(), lost()], Array(9).fill(undefined));
    await expect(result).rejects.toMatchObject({ code: 'azure.unavailable', details: { uncertain: true } });
    expect(unused()).toBe(0);
  });

  test('is looked for through an outage', async () => {
    expect(await startWith([lost()], [down(), down(), refused(), undefined, run]).result).toBe(run);
  });

  test('is not ordered again while nobody can look, and the error says that there may be one', async () => {
    const { result } = startWith([lost()], Array.from({ length: 20 }, down));
    await expect(result).rejects.toMatchObject({ details: { uncertain: true } });
  });

  test.each([
    ['refused', refused(), 'azure.refused'],
    ['surely not started', down(), 'azure.unavailable'],
  ])('that was %s is not looked for', async (_, error, code) => {
    await expect(startWith([error]).result).rejects.toMatchObject({ code });
  });
});

describe('when we are told to stop', () => {
  function startUntold(startRun: AzureDevOps['startRun']) {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const told = new AbortController();
    const { emit, notices } = collectEvents();
    const { clock, sleep } = virtualTime();
    const azure = strictAzure({ startRun });
    const result = startOnce({ azure, order, clock, sleep, emit, signal: told.signal });
    return { result, told, notices };
  }

  test('nothing is sent any more', async () => {
    const { emit } = collectEvents();
    const start = {
      azure: strictAzure({}),
      order,
      emit,
      ...virtualTime(),
      signal: AbortSignal.abort('SIGINT'),
    };
    await expect(startOnce(start)).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('an answer that is on its way is waited for, since its run is to be ended', async () => {
    const { promise, resolve } = Promise.withResolvers<typeof run>();
    const { result, told } = startUntold(() => promise);
    told.abort('SIGINT');
    await vi.advanceTimersByTimeAsync(2_000);
    resolve(run);
    expect(await result).toBe(run);
  });

  test('an answer that does not come is waited for in vain, and somebody has to look', async () => {
    const { result, told, notices } = startUntold(
      (_, signal) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(cancelled(signal)))),
    );
    told.abort('SIGINT');
    const ended = expect(result).rejects.toMatchObject({ code: 'cancelled', details: { signal: 'SIGINT' } });
    await vi.advanceTimersByTimeAsync(2_500);
    await ended;
    expect(notices('warning')).toEqual([expect.stringContaining('may have been started')]);
  });

  test('a lost order is not sent again', async () => {
    const told = new AbortController();
    let orders = 0;
    const azure = strictAzure({
      startRun: async () => {
        orders++;
        throw lost();
      },
      findRun: async () => {
        told.abort('SIGINT');
        return undefined;
      },
    });
    const { emit } = collectEvents();
    const result = startOnce({ azure, order, emit, ...virtualTime(), signal: told.signal });
    await expect(result).rejects.toMatchObject({ code: 'cancelled' });
    expect(orders).toBe(1);
  });
});
