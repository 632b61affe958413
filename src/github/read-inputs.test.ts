import { describe, expect, test } from 'vitest';
import { readInputs } from './index.ts';

const read = (environment: Readonly<Record<string, string>>) =>
  readInputs(environment, ['build-args', 'dry-run', 'image name', 'Tags']);

describe('the inputs of an action', () => {
  test('are where the runner puts them, without white space around them', () => {
    const inputs = read({ 'INPUT_BUILD-ARGS': ' A=b ', INPUT_IMAGE_NAME: 'app\n', INPUT_TAGS: 'x' });
    expect(inputs.text('build-args')).toBe('A=b');
    expect(inputs.text('image name')).toBe('app');
    expect(inputs.required('Tags')).toBe('x');
    expect(inputs.text('dry-run')).toBe('');
  });

  test('are not where a shell could have put them', () => {
    expect(read({ INPUT_BUILD_ARGS: 'A=b' }).text('build-args')).toBe('');
  });

  test('of several lines are lists', () => {
    const inputs = read({ 'INPUT_BUILD-ARGS': '\n A=b c \r\n\n  B=x=y,z\n' });
    expect(inputs.lines('build-args')).toEqual(['A=b c', 'B=x=y,z']);
    expect(inputs.lines('Tags')).toEqual([]);
  });

  test.each([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    [' true ', true],
    ['false', false],
    ['False', false],
    ['FALSE', false],
    ['', false],
  ])('say %j for %s', (text, expected) => {
    expect(read({ 'INPUT_DRY-RUN': text }).flag('dry-run')).toBe(expected);
  });

  test.each(['yes', 'on', '1', '0', 'tRUE', 'true false'])('say neither true nor false with %j', (text) => {
    expect(() => read({ 'INPUT_DRY-RUN': text }).flag('dry-run')).toThrow(
      expect.objectContaining({
        code: 'usage.invalid',
        message: `input "dry-run" is "${text}", expected true or false`,
      }),
    );
  });

  test('that must be given are named when they are not', () => {
    expect(() => read({ INPUT_TAGS: '  ' }).required('Tags')).toThrow('input "Tags" is not given');
  });
});
