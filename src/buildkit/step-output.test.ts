import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StepOutput } from './step-output.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

test('hands over whole lines only, and the rest at the end', () => {
  const output = new StepOutput();
  expect(output.take(1, base64('a\nb'))).toBe('a');
  expect(output.take(1, base64('c'))).toBeUndefined();
  expect(output.take(1, base64('d\n'))).toBe('bcd');
  expect(output.take(1, base64('rest'))).toBeUndefined();
  expect(output.end()).toBe('rest');
  expect(output.end()).toBeUndefined();
  expect(output.tail(2)).toEqual(['bcd', 'rest']);
});

test('keeps the two streams of a step apart', () => {
  const output = new StepOutput();
  output.take(1, base64('out'));
  output.take(2, base64('err'));
  expect(output.take(1, base64('put\n'))).toBe('output');
  expect(output.take(2, base64('or\n'))).toBe('error');
});

test('takes a long piece without a line break for a line', () => {
  const output = new StepOutput();
  expect(output.take(1, base64('x'.repeat(10_000)))).toHaveLength(10_000);
  expect(output.tail(1)[0]).toHaveLength(2000);
});

test('keeps the last fifty lines', () => {
  const output = new StepOutput();
  for (let chunk = 0; chunk < 100; chunk++) output.take(1, base64(`${'line\n'.repeat(30)}${chunk}\n`));
  expect(output.tail(1000)).toHaveLength(50);
  expect(output.tail(1)).toEqual(['99']);
});

test('survives bytes that are no UTF-8', () => {
  const output = new StepOutput();
  expect(output.take(1, Buffer.from([0xff, 0xfe, 0x0a]).toString('base64'))).toBe('\ufffd\ufffd');
});

test('hands over the same text wherever it is cut, in the middle of characters too', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ä', '大', '🚀', '\n'), minLength: 1 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 5 }), (untrusted, size) => {
      const output = new StepOutput();
      const bytes = Buffer.from(untrusted);
      const got: (string | undefined)[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        got.push(output.take(1, bytes.subarray(at, at + size).toString('base64')));
      }
      got.push(output.end());
      expect(got.filter((piece) => piece !== undefined).join('\n')).toBe(untrusted.replace(/\n$/, ''));
    }),
  );
});
