import { expect, test } from 'vitest';
import { buildNodes } from './build-nodes.ts';

const node = (name: string, builder: string, agentPool: string) => ({
  ...{ name, builder, agentPool, platforms: [] },
});
const nodes = [
  node('arm-64', 'shared', 'arm-agents'),
  node('big', 'shared', 'big-agents'),
  node('64.bit', 'other', 'other-agents'),
];

test.each([
  ['no node', 'default', 'default', 'image-builder-build'],
  ['a node whose name no job can have', 'arm-64', 'arm_64', 'arm-agents'],
  ['one of two nodes with one builder', 'big', 'big', 'big-agents'],
  ['a node whose name does not begin with a letter', '64.bit', 'node_64_2e_bit', 'other-agents'],
])('the matrix sends a build for %s to the agents that reach it', (_, name, job, pool) => {
  const plan = { nodes: [{ name, platforms: [], reason: 'test' }] };
  expect(buildNodes(plan, nodes)).toEqual({ [job]: { node: name, pool } });
});

test('each node of the plan has a job of its own, whatever it is called', () => {
  const names = ['a-b', 'a_b', 'a.b', 'a b'];
  const plan = { nodes: names.map((name) => ({ name, platforms: [], reason: 'test' })) };
  expect(Object.values(buildNodes(plan, nodes)).map(({ node }) => node)).toEqual(names);
});
