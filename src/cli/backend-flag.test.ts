import { expect, test } from 'vitest';
import { backendFlag } from './backend-flag.ts';
import { parseArguments } from './parse-arguments.ts';

const read = (...args: string[]) =>
  backendFlag({ args: parseArguments(args, [{ name: 'backend', value: 'NAME', description: '' }]) });

test.each(['auto', 'local', 'azure-devops'])('--backend %s is taken', (word) => {
  expect(read('--backend', word)).toBe(word);
});

test('no --backend, or an empty one, leaves it to the configuration', () => {
  expect([read(), read('--backend=')]).toEqual([undefined, undefined]);
});

test.each([
  ['azure-devop', 'did you mean "azure-devops"?'],
  ['jenkins', 'known: auto, local, azure-devops'],
])('--backend "%s" is refused', (word, hint) => {
  expect(() => read(`--backend=${word}`)).toThrow(expect.objectContaining({ code: 'usage.invalid', hint }));
});
