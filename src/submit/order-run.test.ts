import { expect, test } from 'vitest';
import { Secret } from '../core/index.ts';
import { orderRun } from './order-run.ts';
import { request } from './run-for-test.ts';

const token = new Secret('t0ken');

test('an order is found again by its submission alone', () => {
  const { mark, templateParameters } = orderRun(request, { form: 'encoded', submission: 'one', token });
  expect(mark).toEqual({ Submission: 'one' });
  expect(templateParameters).toMatchObject(mark);
});

test('an order of a deployed pipeline is found again by all that it was sent, its token too', () => {
  const { mark, templateParameters } = orderRun(request, { form: 'deployed', submission: 'one', token });
  expect(mark).toEqual(templateParameters);
  expect(mark.Authorization).toBe(token);
});
