import { describe, expect, inject, test } from 'vitest';
import { startAction } from './action-step.ts';
import { pushOf } from './github-events.ts';
import { dockerContexts, startMachine } from './machines.ts';
import { openRemoteStage } from './remote-stage.ts';
import { notation } from './signing-stage.ts';
import {
  build,
  busybox,
  checkout,
  crane,
  imageBuilder,
  registry,
  start,
  temporaryFolder,
  uniqueName,
} from './stage.ts';

const bench = inject('workbench');

/** Each builder is a docker context; `gone` leads to an engine that is not there. */
const hosts = {
  'node-amd': bench.env.DOCKER_HOST,
  'node-arm': bench.env.DOCKER_HOST,
  gone: 'unix:///nowhere/docker.sock',
};

const node = (name: string, platform: string, builder = `node-${name}`) => ({
  name,
  builder,
  platforms: [platform],
});
const nodes = [node('amd', 'linux/amd64'), node('arm', 'linux/arm64')];
const dockerfile = `FROM ${busybox}\nRUN uname -m > /machine\n`;

async function prepare(builderNodes: readonly object[], text: string) {
  const folder = await checkout({
    Dockerfile: text,
    'image-builder.yaml': JSON.stringify({ 'builder-nodes': builderNodes }),
  });
  const target = `${registry}/${uniqueName('nodes')}`;
  const flags = ['--name', 'app', '--registry', target, '--platform', 'linux/amd64,linux/arm64'];
  return { folder, target, flags };
}

async function buildOn(builderNodes: readonly object[], text: string) {
  const { folder, target, flags } = await prepare(builderNodes, text);
  const env = dockerContexts(hosts, temporaryFolder());
  const plan = await imageBuilder(['plan', ...flags], { cwd: folder, env });
  return { plan, repository: `${target}/app`, ended: await build(flags, { cwd: folder, env }) };
}

const machine = (image: string, platform: string) =>
  crane('export', '--platform', platform, image, '-').then((tar) => /x86_64|aarch64/.exec(tar)?.[0]);

describe('a build with builder nodes', () => {
  test('has each platform built where it is native, and is one image, attestations included', async () => {
    const { plan, repository, ended } = await buildOn(nodes, dockerfile);
    expect(ended.exitCode, ended.stderr).toBe(0);
    expect(plan.stdout).toContain('linux/arm64  on arm: it runs linux/arm64 natively, which line 2 needs');
    expect(ended.report.platforms.map((each) => [each.platform, each.node])).toEqual([
      ['linux/amd64', 'amd'],
      ['linux/arm64', 'arm'],
    ]);
    const image = `${repository}@${ended.report.digest}`;
    expect(await machine(image, 'linux/amd64')).toBe('x86_64');
    expect(await machine(image, 'linux/arm64')).toBe('aarch64');
    const index = JSON.parse(await crane('manifest', image));
    expect(index.annotations['org.opencontainers.image.title']).toBe('app');
    const attested = (index.manifests as { annotations?: Record<string, string> }[]).map(
      ({ annotations = {} }) => annotations['vnd.docker.reference.digest'],
    );
    expect(attested.filter((digest) => digest !== undefined).sort()).toEqual(
      ended.report.platforms.map(({ digest }) => digest).sort(),
    );
  });

  test('stays on one node where everything is cross-compiled', async () => {
    const cross = `FROM --platform=$BUILDPLATFORM ${busybox} AS build\nARG TARGETARCH\nRUN echo $TARGETARCH > /arch\nFROM ${busybox}\nCOPY --from=build /arch /\n`;
    const { plan, ended } = await buildOn(nodes, cross);
    expect(ended.exitCode, ended.stderr).toBe(0);
    expect(plan.stdout).not.toContain(' on ');
    expect(ended.report.platforms.map(({ node: on }) => on)).toEqual([undefined, undefined]);
  });

  test('ends, with nothing pushed, when one of its nodes is not there', async () => {
    const { repository, ended } = await buildOn(
      [nodes[0] ?? {}, node('arm', 'linux/arm64', 'gone')],
      dockerfile,
    );
    expect([ended.exitCode, ended.report.status]).toEqual([2, 'Failed']);
    expect(ended.stderr).toContain('error: on arm: ');
    await expect(crane('ls', repository)).rejects.toThrow();
  });

  test('ends, with nothing that has a name, when one of its nodes dies while the other has sent its layers', async () => {
    const doomed = await startMachine();
    try {
      const long = `FROM ${busybox}\nRUN if [ "$(uname -m)" = aarch64 ]; then echo at it; sleep 600; fi\n`;
      const builderNodes = [nodes[0] ?? {}, node('arm', 'linux/arm64', 'doomed')];
      const { folder, target, flags } = await prepare(builderNodes, long);
      const env = dockerContexts({ ...hosts, doomed: doomed.env.DOCKER_HOST }, temporaryFolder());
      const args = ['build', '--json', '--progress', 'plain', ...flags];
      const running = start(args, { cwd: folder, env });
      await Promise.all([running.saying('| at it'), running.saying('sent ahead while others build')]);
      await doomed.stop();
      const { exitCode, stdout, stderr } = await running.ended;
      expect(exitCode, stderr).toBe(5);
      expect(stderr).toContain('error: on arm: ');
      expect(JSON.parse(stdout)).toMatchObject({ status: 'Failed', pushed: false });
      expect(await crane('ls', `${target}/app`).catch(() => '')).toBe('');
    } finally {
      await doomed.stop();
    }
  });
});

describe('a build of several nodes in Azure DevOps', () => {
  test('has a job for each, whose images become one that is signed, and needs no other one', async () => {
    const env = dockerContexts(hosts, temporaryFolder());
    const embedded = { key: 'keys/signing/key.pem', chain: 'keys/signing/chain.pem' };
    const settings = {
      'builder-nodes': nodes,
      reuse: { enabled: true, 'builder-version': 'of this machine' },
      'sign-config': {
        'enabled-signers': { '*': ['embedded'] },
        signers: [{ name: 'embedded', type: 'notation', config: embedded }],
      },
      trust: { directory: 'keys/notation' },
    };
    const stage = await openRemoteStage({ settings, buildEnvironment: env });
    try {
      const files = { Dockerfile: dockerfile, '.dockerignore': '.git\n' };
      const push = () => pushOf(stage.source.commit(files, { branch: 'main' }));
      const platforms = 'linux/amd64\nlinux/arm64';
      const step = await startAction(stage, push(), { platforms }).ended;
      expect(step.exitCode, step.stdout + step.stderr).toBe(0);
      const image = `${stage.production}@${step.outputs.digest}`;
      expect(await machine(image, 'linux/arm64')).toBe('aarch64');
      expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: true });
      expect(step.report?.platforms.map((each) => each.platform)).toEqual(['linux/amd64', 'linux/arm64']);
      const run = [...stage.azure.runs.values()].at(-1);
      const jobs = run?.timeline.records.filter(
        ({ type, name }) => type === 'Job' && name.startsWith('build'),
      );
      expect(jobs?.map(({ result }) => result)).toEqual(['succeeded', 'succeeded']);
      const again = await startAction(stage, push(), { platforms }).ended;
      expect(again.exitCode, again.stdout + again.stderr).toBe(0);
      expect(again.report).toMatchObject({
        ...{ digest: step.outputs.digest, signed: true, reuse: { state: 'reused' } },
        platforms: [{ steps: 0 }, { steps: 0 }],
      });
    } finally {
      await stage.close();
    }
  });
});
