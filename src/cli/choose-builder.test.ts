import { expect, test } from 'vitest';
import type { BuildPlan } from '../plan/index.ts';
import { chooseBuilder } from './choose-builder.ts';

const nodes = [
  { name: 'arm', builder: 'arm-builder', platforms: ['linux/arm64'] },
  { name: 'big', builder: 'big-builder', platforms: ['linux/amd64'] },
];
const planWith = (builderNodes?: readonly string[]) =>
  ({ policy: { rule: 'release', builderNodes } }) as unknown as Pick<BuildPlan, 'policy'>;

test.each([
  ['the current one where policy does not mind', undefined, undefined, undefined],
  ['the one that is named where policy does not mind', undefined, 'mine', 'mine'],
  ['the first that the rule allows', ['big', 'arm'], undefined, 'arm-builder'],
  ['the one that is named among those that the rule allows', ['arm', 'big'], 'big-builder', 'big-builder'],
] as const)('builds on %s', (_, allowed, named, expected) => {
  expect(chooseBuilder({ plan: planWith(allowed), nodes, named })).toBe(expected);
});

test.each([
  ['a builder of another node', ['arm'], 'big-builder', 'builder "big-builder" belongs to none'],
  ['a builder of no node', ['arm'], 'mine', 'builder "mine" belongs to none'],
  ['a node that is not configured', ['gone'], undefined, 'none of its builder nodes is configured'],
  ['no node at all', [], undefined, 'none of its builder nodes is configured'],
] as const)('refuses to build on %s', (_, allowed, named, message) => {
  expect(() => chooseBuilder({ plan: planWith(allowed), nodes, named })).toThrow(
    expect.objectContaining({ code: 'policy.denied', message: expect.stringContaining(message) }),
  );
});
