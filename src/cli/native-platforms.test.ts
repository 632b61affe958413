import { expect, test } from 'vitest';
import { type BuilderFacts, nativePlatforms } from './native-platforms.ts';

const nodes = [
  { name: 'arm', builder: 'farm', platforms: ['linux/arm64', 'linux/arm/v7'] },
  { name: 'mainframe', builder: 'z', platforms: ['linux/s390x'] },
];
const nobody = { kind: 'allowed', destinationsFrom: 'registry', bases: {} } as const;
const facts: BuilderFacts = {
  plan: { policy: nobody },
  nodes: [],
  named: undefined,
  environment: {},
  machine: 'x64',
};

test.each<readonly [string, Partial<BuilderFacts>, readonly string[]]>([
  ['this machine', {}, ['linux/amd64']],
  ['this machine, whose name is the same everywhere', { machine: 'arm64' }, ['linux/arm64']],
  ['this machine and its nodes', { nodes }, ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/s390x']],
  ['a node that was named', { nodes, named: 'z' }, ['linux/s390x', 'linux/arm64', 'linux/arm/v7']],
  [
    'the nodes that policy allows',
    { nodes, plan: { policy: { ...nobody, builderNodes: ['mainframe'] } } },
    ['linux/s390x'],
  ],
  ['an engine of this machine', { environment: { DOCKER_HOST: 'unix:///x' } }, ['linux/amd64']],
  ['an engine elsewhere, of which nothing is known', { environment: { DOCKER_HOST: 'ssh://x' } }, []],
  ['a builder of which nothing is known', { nodes, named: 'other' }, []],
])('native is what is built by %s', (_, given, platforms) => {
  expect(nativePlatforms({ ...facts, ...given })).toEqual(platforms);
});
