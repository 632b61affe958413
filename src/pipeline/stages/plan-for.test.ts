import { expect, test } from 'vitest';
import type { BuildPlan } from '../../plan/index.ts';
import { planFor } from './plan-for.ts';

const node = (name: string, platform: string) => ({ name, platforms: [platform], reason: 'test' });
const plan = {
  platforms: ['linux/amd64', 'linux/arm64'],
  nodes: [node('amd', 'linux/amd64'), node('arm', 'linux/arm64')],
} as unknown as BuildPlan;

test('a node carries out the part of a plan that is for it, and everybody else all of it', () => {
  expect(planFor(plan, 'arm')).toMatchObject({ platforms: ['linux/arm64'], nodes: [{ name: 'arm' }] });
  expect(planFor(plan, undefined)).toBe(plan);
});

test('the only node carries out the plan as it is', () => {
  const alone = { ...plan, nodes: plan.nodes.slice(0, 1) };
  expect(planFor(alone, 'amd')).toBe(alone);
});

test('a node that the plan does not know gets none of it, and is told those that do', () => {
  expect(() => planFor(plan, 'riscv')).toThrow(
    expect.objectContaining({ code: 'request.invalid', hint: 'nodes of the plan: amd, arm' }),
  );
});
