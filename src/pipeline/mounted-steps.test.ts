import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ImageBuilderError } from '../core/index.ts';
import { digestOf } from '../oci/index.ts';
import type { BuildNode, BuildPlan } from '../plan/index.ts';
import { mountedSteps } from './mounted-steps.ts';
import type { PinMount } from './pin-mounts.ts';
import type { Ports } from './ports.ts';

let root: string;

const dockerfile = `FROM base
ARG USED
COPY lock.json ./
RUN --mount=type=cache,target=/npm install
COPY . .
RUN --mount=type=cache,target=/build compile
`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'image-builder-steps-test-'));
  writeFileSync(join(root, 'Dockerfile'), dockerfile);
  writeFileSync(join(root, '.dockerignore'), 'Dockerfile\n');
  for (const name of ['lock.json', 'main.js']) writeFileSync(join(root, name), 'one');
});
afterEach(() => rmSync(root, { recursive: true }));

interface Setting {
  readonly base?: () => Promise<ReturnType<typeof digestOf> | undefined>;
  readonly buildArgs?: readonly (readonly [string, string])[];
  readonly platforms?: readonly string[];
  readonly namespace?: string;
}

async function steps(setting: Setting = {}) {
  const { base = async () => digestOf('base'), buildArgs = [], platforms = ['linux/amd64'] } = setting;
  const plan = { image: { dockerfile: 'Dockerfile', context: '.' }, buildArgs, buildContexts: [] };
  const ports = { lookUpImage: base, trackedFiles: async () => undefined };
  const run = { root, plan: plan as unknown as BuildPlan, ports: ports as unknown as Ports };
  const node = { platforms, cache: { mounts: { namespace: setting.namespace ?? 'trusted/app' } } };
  const pin: PinMount = ({ from: _, ...mount }) => mount;
  const { signal } = new AbortController();
  return mountedSteps(run, node as unknown as BuildNode, { pin, signal });
}

const names = async (setting?: Setting) => (await steps(setting)).map(({ name }) => name);

describe('the names of steps that mount caches', () => {
  test('are one for each step, with its line and its mounts', async () => {
    expect(await steps()).toMatchObject([
      { line: 4, mounts: [{ id: '/npm' }], name: expect.stringMatching(/^sha256:/) },
      { line: 6, mounts: [{ id: '/build' }], name: expect.stringMatching(/^sha256:/) },
    ]);
  });

  test.each<[string, readonly boolean[], () => Setting | undefined]>([
    ['nothing', [true, true], () => undefined],
    ['a file that only the second uses', [true, false], () => write('main.js')],
    ['a file that both use', [false, false], () => write('lock.json')],
    ['a file that is ignored', [true, true], () => write('Dockerfile', `${dockerfile}LABEL x=y\n`)],
    ['the base image', [false, false], () => ({ base: async () => digestOf('newer') })],
    ['an argument', [false, false], () => ({ buildArgs: [['USED', 'x']] })],
    ['an argument that is not declared', [true, true], () => ({ buildArgs: [['OTHER', 'x']] })],
    ['the names of mounts on the engine', [false, false], () => ({ namespace: 'other/app' })],
    ['the platform', [false, false], () => ({ platforms: ['linux/arm64'] })],
  ])('after another value of %s are the same: %j', async (_, same, change) => {
    const before = await names();
    const after = await names(change());
    expect(after.map((name, at) => name === before[at])).toEqual(same);
  });

  test.each<[string, readonly boolean[], () => Setting | undefined]>([
    ['the base image is not there', [false, false], () => ({ base: async () => undefined })],
    ['its registry is down', [false, false], () => ({ base: () => Promise.reject(unreachable()) })],
    ["all files are used, git's own among them", [true, false], () => write('.git/HEAD')],
    ['the ignore file is not understood', [false, false], () => write('.dockerignore', '[')],
  ])('where %s are known: %j', async (_, known, change) => {
    expect((await names(change())).map((name) => name !== undefined)).toEqual(known);
  });
});

function write(name: string, text = 'two'): undefined {
  mkdirSync(join(root, name, '..'), { recursive: true });
  writeFileSync(join(root, name), text);
}

function unreachable(): ImageBuilderError {
  return new ImageBuilderError('internal', 'no answer', { where: 'test' });
}
