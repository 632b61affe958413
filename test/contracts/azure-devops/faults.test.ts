import { expect, test } from 'vitest';
import { openAzureDevOps } from '../../fakes/azure-devops/open-azure-devops.ts';
import type { Fault } from '../../fakes/azure-devops/rest/faults.ts';

const yaml = 'pool: default\nsteps: [{ script: "true" }]';
const path = 'pipelines/14902/runs?api-version=7.1';
const post = { method: 'POST', body: '{}' } as const;

test('a throttled request is told why, and for how long if it is said', async () => {
  const fake = await openAzureDevOps({ yaml });
  fake.fault({ fault: { kind: 'throttled', retryAfter: 7 } });
  fake.fault({ fault: { kind: 'throttled' } });
  const [first, second, third] = [await fake.ask(path), await fake.ask(path), await fake.ask(path)];
  expect([
    first.status,
    first.headers.get('retry-after'),
    first.headers.get('x-ratelimit-remaining'),
  ]).toEqual([429, '7', '0']);
  expect(await first.json()).toMatchObject({ message: expect.stringMatching(/^TF400733: /) });
  expect([second.status, second.headers.get('retry-after')]).toEqual([429, null]);
  expect(third.status).toBe(200);
});

test('a warned request succeeds, and is told to slow down', async () => {
  const fake = await openAzureDevOps({ yaml });
  fake.fault({ fault: { kind: 'warned', retryAfter: 3 } });
  const answer = await fake.ask(path);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([200, '3']);
});

test('an organization that was stopped answers with a byte order mark before the JSON', async () => {
  const fake = await openAzureDevOps({ yaml });
  fake.fault({ fault: { kind: 'stopped' } });
  const answer = await fake.ask(path);
  expect(answer.status).toBe(503);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.subarray(0, 3).toString('hex')).toBe('efbbbf');
  expect(JSON.parse(bytes.subarray(3).toString()).message).toMatch(/^TF24668: /);
});

test.each<[fault: Fault, runs: number]>([
  [{ kind: 'dropped', executed: false }, 0],
  [{ kind: 'dropped', executed: true }, 1],
])('%j ends the connection without an answer', async (fault, runs) => {
  const fake = await openAzureDevOps({ yaml });
  fake.fault({ method: 'POST', fault });
  await expect(fake.ask(path, post)).rejects.toThrow();
  expect(fake.runs.size).toBe(runs);
});

test('a truncated answer ends in the middle', async () => {
  const fake = await openAzureDevOps({ yaml });
  fake.fault({ fault: { kind: 'truncated' } });
  const answer = await fake.ask(path);
  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow();
});

test('a slow answer comes late', async () => {
  const fake = await openAzureDevOps({ yaml });
  fake.fault({ fault: { kind: 'slow', milliseconds: 200 } });
  const start = performance.now();
  expect((await fake.ask(path)).status).toBe(200);
  expect(performance.now() - start).toBeGreaterThan(190);
});

test.each<[fault: Fault, status: number, type: RegExp]>([
  [{ kind: 'status', status: 500 }, 500, /json/],
  [{ kind: 'sign-in', form: '200' }, 200, /html/],
  [{ kind: 'sign-in', form: '203' }, 203, /html/],
  [{ kind: 'answer', status: 502, contentType: 'text/html', body: '<html>' }, 502, /html/],
])('%j is answered', async (fault, status, type) => {
  const fake = await openAzureDevOps({ yaml });
  fake.fault({ fault });
  const answer = await fake.ask(path);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(type);
});

test('a fault strikes as often as it is told, after so many, where its pattern fits', async () => {
  const fake = await openAzureDevOps({ yaml });
  const rule = {
    method: 'GET',
    path: /\/runs\/101$/,
    times: 2,
    after: 1,
    fault: { kind: 'status', status: 500 },
  } as const;
  const struck = fake.fault(rule);
  await fake.start();
  const statuses: number[] = [];
  for (let count = 0; count < 5; count++) statuses.push((await fake.ask('pipelines/14902/runs/101')).status);
  expect(statuses).toEqual([200, 500, 500, 200, 200]);
  expect(struck.hits).toBe(2);
  const endless = fake.fault({ times: Number.POSITIVE_INFINITY, fault: { kind: 'status', status: 503 } });
  expect([(await fake.ask(path)).status, (await fake.ask(path)).status]).toEqual([503, 503]);
  endless.end();
  expect((await fake.ask(path)).status).toBe(200);
});

test('every request is seen with method, path and time', async () => {
  const fake = await openAzureDevOps({ yaml, clock: () => new Date('2026-03-04T05:06:07Z') });
  await fake.ask(path);
  expect(fake.seen).toEqual([
    { method: 'GET', path: `/images/_apis/${path}`, time: new Date('2026-03-04T05:06:07Z') },
  ]);
});
