import { describe, expect, test } from 'vitest';
import { openTestAzure } from '../../test/fakes/azure-devops/open-azure.ts';
import { startScriptedService } from '../../test/fakes/azure-devops/scripted-service.ts';

const now = Date.parse('2026-03-04T05:06:07Z');
const seconds = (count: number) => String(now / 1000 + count);

describe('the pause that the service asks for', () => {
  test.each([
    [{}, 0],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': 'Wed, 04 Mar 2026 05:06:37 GMT' }, 30_000],
    [{ 'retry-after': 'Wed, 04 Mar 2026 05:06:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, 0],
    [{ 'retry-after': '99999' }, 300_000],
    [{ 'x-ratelimit-delay': '2.125' }, 2125],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds(20) }, 20_000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds(-20) }, 0],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-delay': '1' }, 1000],
    [{ 'x-ratelimit-remaining': '40', 'x-ratelimit-reset': seconds(20) }, 0],
    [{ 'retry-after': '3', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds(20) }, 3000],
  ] as const)('is read from %j also when the answer is good', async (headers, expected) => {
    const body = { id: 42, status: 'inProgress' };
    const service = await startScriptedService(() => ({ body, headers: { ...headers } }));
    const { azure } = openTestAzure(service, { clock: () => new Date(now) });
    expect(azure.pause()).toBe(0);
    await azure.readBuild(42);
    expect(azure.pause()).toBe(expected);
  });

  test('gets shorter with time, and no later answer takes it back', async () => {
    let time = now;
    const body = { id: 42, status: 'inProgress' };
    const service = await startScriptedService((_, count) => ({
      body,
      headers: count === 1 ? { 'retry-after': '10' } : {},
    }));
    const { azure } = openTestAzure(service, { clock: () => new Date(time) });
    await azure.readBuild(42);
    time += 4000;
    await azure.readBuild(42);
    expect(azure.pause()).toBe(6000);
    time += 7000;
    expect(azure.pause()).toBe(0);
  });
});
