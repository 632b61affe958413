import { expect, test } from 'vitest';
import { type BuilderFacts, nativePlatforms } from './native-platforms.ts';

const configured = [{ name: 'arm', builder: 'farm', platforms: ['linux/arm64', 'linux/arm/v7'] }];
const facts: BuilderFacts = { configured, environment: {}, machine: 'x64' };
const here = { name: 'default' };

test.each<readonly [string, { name: string; builder?: string }, Partial<BuilderFacts>, readonly string[]]>([
  ['this machine', here, {}, ['linux/amd64']],
  ['a machine that both call the same', here, { machine: 'arm64' }, ['linux/arm64']],
  ['a node', { name: 'arm', builder: 'farm' }, {}, ['linux/arm64', 'linux/arm/v7']],
  ['an engine of this machine', here, { environment: { DOCKER_HOST: 'unix:///x' } }, ['linux/amd64']],
  ['an engine elsewhere, which is nothing', here, { environment: { DOCKER_HOST: 'ssh://x' } }, []],
  ['a builder that was named, which is nothing', { name: 'mine', builder: 'mine' }, {}, []],
])('native is what is known of %s', (_, node, given, platforms) => {
  expect(nativePlatforms(node, { ...facts, ...given })).toEqual(platforms);
});
