import { expect, test } from 'vitest';
import { sleep } from './sleep.ts';

test('a cancelled sleep ends at once', async () => {
  const controller = new AbortController();
  const sleeping = sleep(3_600_000, controller.signal);
  controller.abort('SIGTERM');
  await expect(sleeping).rejects.toMatchObject({ code: 'cancelled', details: { signal: 'SIGTERM' } });
});

test('a sleep that was cancelled before does not begin', async () => {
  await expect(sleep(3_600_000, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
});

test('a sleep of nothing returns', async () => {
  await expect(sleep(0, undefined)).resolves.toBeUndefined();
});
