import { describe, expect, test } from 'vitest';
import { nearest } from './nearest.ts';

describe('nearest', () => {
  test.each([
    ['plna', ['plan', 'build'], 'plan'],
    ['registy', ['registry', 'dev-registry'], 'registry'],
    ['DEV-REGISTRY', ['registry', 'dev-registry'], 'dev-registry'],
    ['zzzzz', ['plan', 'build'], undefined],
    ['x', [], undefined],
  ])('"%s" among %j is %s', (word, known, expected) => {
    expect(nearest(word, known)).toBe(expected);
  });
});
