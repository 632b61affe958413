import { describe, expect, test } from 'vitest';
import { cancelled, ImageBuilderError } from '../core/index.ts';
import { collectEvents, virtualTime } from './run-for-test.ts';
import { throughOutages } from './through-outages.ts';

const answer = { method: 'GET', url: 'https://dev.azure.com/team' };
const down = () => new ImageBuilderError('azure.unavailable', 'no answer', answer);
const noToken = () =>
  new ImageBuilderError('identity.unavailable', 'no token', { issuer: 'GitHub', url: '' });
const refused = () => new ImageBuilderError('azure.refused', 'not let in', { ...answer, status: 401 });
const gone = () => new ImageBuilderError('azure.rejected', 'not there', { ...answer, status: 404 });

/** Work that fails in these ways, one after the other, and then succeeds. */
function attempt(
  failures: readonly (() => Error)[],
  patience = { outages: Number.POSITIVE_INFINITY, refusals: 4 },
) {
  const left = [...failures];
  const { emit, notices } = collectEvents();
  const { sleep, slept } = virtualTime();
  const work = async () => {
    const failure = left.shift();
    if (failure !== undefined) throw failure();
    return 'done';
  };
  const result = throughOutages({ emit, sleep, signal: new AbortController().signal }, patience, work);
  return { result, notices, slept, left };
}

const many = <T>(count: number, value: T) => Array.from({ length: count }, () => value);

describe('a reading', () => {
  test('goes through an outage of any length, and says so once', async () => {
    const { result, notices, slept } = attempt(many(100, down));
    expect(await result).toBe('done');
    expect(slept).toEqual(many(100, 15_000));
    expect(notices('warning')).toEqual(['no answer; asking again']);
    expect(notices('info')).toEqual(['Azure DevOps answers again, after 25 min 00 s']);
  });

  test.each([
    ['a token that is not to be had', [noToken, noToken]],
    ['a refusal', [refused, gone, refused]],
    ['refusals between outages', [refused, down, gone, down, refused]],
  ])('goes through %s that passes', async (_, failures) => {
    expect(await attempt(failures).result).toBe('done');
  });

  test('ends with a refusal that stays', async () => {
    const { result, left } = attempt(many(10, refused));
    await expect(result).rejects.toMatchObject({ code: 'azure.refused' });
    expect(left).toHaveLength(6);
  });

  test('ends with an outage that lasts longer than it may', async () => {
    const { result } = attempt(many(3, down), { outages: 3, refusals: 1 });
    await expect(result).rejects.toMatchObject({ code: 'azure.unavailable' });
  });

  test.each([
    ['a cancellation', () => cancelled(), 'cancelled'],
    ['a fault of ours', () => new TypeError('no'), 'no'],
  ])('is not repeated after %s', async (_, failure, message) => {
    const { result, slept } = attempt([failure]);
    await expect(result).rejects.toThrow(message);
    expect(slept).toEqual([]);
  });
});
