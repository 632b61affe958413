import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printJson } from './print-json.ts';

test('a command for a CI runner stays data', () => {
  const printed = printJson({ message: '##vso[task.setvariable]x ##[error]y ### z' });
  expect(printed).not.toMatch(/##\[|##vso\[/i);
  expect(JSON.parse(printed)).toEqual({ message: '##vso[task.setvariable]x ##[error]y ### z' });
});

test('any value comes out as it went in, without a command', () => {
  const text = fc
    .array(fc.constantFrom('#', '##', '[', 'vso[', 'VSO[', '\\', '"', '\n', 'x'))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ text })), (value) => {
      const printed = printJson(value, 2);
      expect(printed).not.toMatch(/##(?:\[|vso\[)/i);
      expect(JSON.stringify(JSON.parse(printed))).toBe(JSON.stringify(value));
    }),
  );
});
