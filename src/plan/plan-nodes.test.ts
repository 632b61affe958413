import { describe, expect, test } from 'vitest';
import { type NodeQuestion, planNodes } from './plan-nodes.ts';

const node = (name: string, ...platforms: string[]) => ({
  name,
  builder: `builder-${name}`,
  platforms,
  agentPool: 'image-builder-build',
});
const amd = node('amd', 'linux/amd64');
const arm = node('arm', 'linux/arm64');
const native = 'FROM a\nRUN make';
const cross = 'FROM --platform=$BUILDPLATFORM a AS b\nRUN make\nFROM scratch\nCOPY --from=b /x /';

const ask = (more: Partial<NodeQuestion>) =>
  planNodes({
    platforms: ['linux/amd64', 'linux/arm64'],
    image: { name: 'app', dockerfile: 'Dockerfile', context: '.' },
    ...{
      buildArgs: [],
      buildContexts: [],
      nodes: [],
      allowed: undefined,
      rule: 'production',
      named: undefined,
    },
    untrustedDockerfile: native,
    ...more,
  });
const where = (more: Partial<NodeQuestion>) =>
  ask(more).map(({ name, builder = '', platforms }) => `${name} ${builder} ${platforms.join()}`);

describe('platforms are built', () => {
  test.each<[string, Partial<NodeQuestion>, readonly string[]]>([
    ['together where there are no nodes', {}, ['default  linux/amd64,linux/arm64']],
    [
      'natively where commands run on them',
      { nodes: [arm, amd] },
      ['amd builder-amd linux/amd64', 'arm builder-arm linux/arm64'],
    ],
    [
      'together where all is cross-compiled',
      { nodes: [arm, amd], untrustedDockerfile: cross },
      ['default  linux/amd64,linux/arm64'],
    ],
    [
      'on the current builder where no node runs them',
      { nodes: [arm] },
      ['default  linux/amd64', 'arm builder-arm linux/arm64'],
    ],
    [
      'together on a node that runs several',
      { nodes: [node('big', 'linux/amd64', 'linux/arm64'), arm] },
      ['big builder-big linux/amd64,linux/arm64'],
    ],
    [
      'natively where the Dockerfile is not at hand',
      { nodes: [amd, arm], untrustedDockerfile: undefined },
      ['amd builder-amd linux/amd64', 'arm builder-arm linux/arm64'],
    ],
    [
      'on the builder that was named',
      { nodes: [amd, arm], named: 'mine' },
      ['mine mine linux/amd64,linux/arm64'],
    ],
    [
      'only where policy allows',
      { nodes: [amd, arm], allowed: ['arm'] },
      ['arm builder-arm linux/amd64,linux/arm64'],
    ],
    [
      'on the first node of the policy where all is cross-compiled',
      { nodes: [amd, arm], allowed: ['arm', 'amd'], untrustedDockerfile: cross },
      ['amd builder-amd linux/amd64,linux/arm64'],
    ],
  ])('%s', (_, more, expected) => {
    expect(where(more)).toEqual(expected);
  });

  test('for a reason that people can read', () => {
    expect(ask({ nodes: [arm] }).map(({ reason }) => reason)).toEqual([
      'no node runs linux/amd64 natively',
      'it runs linux/arm64 natively, which line 2 needs',
    ]);
  });

  test.each([
    [{ nodes: [amd], allowed: ['arm'] }, 'none of its builder nodes is configured'],
    [{ nodes: [amd, arm], allowed: ['arm'], named: 'builder-amd' }, 'builder "builder-amd" belongs to none'],
  ])('nowhere else: %j', (more, words) => {
    expect(() => ask(more)).toThrow(
      expect.objectContaining({ code: 'policy.denied', message: expect.stringContaining(words) }),
    );
  });
});
