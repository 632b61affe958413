import { beforeAll, describe, expect, test } from 'vitest';
import type { FreshEngine } from '../../scripts/workbench/index.ts';
import { damagingRegistry } from './damaging-registry.ts';
import { dockerContexts, forget, startMachine } from './machines.ts';
import { registryProxy } from './registry-proxy.ts';
import {
  build,
  busybox,
  checkout,
  crane,
  layersOf,
  registry,
  temporaryFolder,
  transferImage,
  uniqueName,
} from './stage.ts';

/** A compiler that is slow once: it makes a tree, and later says of every name in it whether it is as it was. */
const compiler = `set -eu
describe() {
  find . | sort | while read -r name; do stat -c '%n %f %u %g %h %s %y' "$name"; done
  readlink link; md5sum data; test data -ef deep/hard && echo one file
}
cd /kept
if [ -e data ]; then
  describe > /found
  cmp /found ../expected/tree
  echo "as it was"
else
  mkdir deep deep/empty
  head -c 300000 /dev/urandom > data
  chmod 0640 data
  ln data deep/hard
  ln -s nowhere/else link
  printf x > deep/setuid
  chown -h 12:34 deep/setuid link
  chmod 4755 deep/setuid
  printf y > 'deep/a name with spaces'
  touch -d '1999-12-31 23:59:59' deep/empty 'deep/a name with spaces'
  chmod 1777 deep/empty
  chown 77 .
  describe > ../expected/tree
  echo "made anew"
fi
echo "$1" >> /seeded/$1
echo "began with $(cd /seeded; echo *)"
if [ "$1" = large ]; then head -c 3000000 /dev/zero > /steps/zeros; fi
echo "$1" >> /steps/all
echo "has $(xargs < /steps/all)"
`;

const dockerfile = `FROM ${busybox} AS made
RUN head -c 300000 /dev/urandom > /slow
FROM ${busybox}
ARG TARGETARCH
ARG RUN_OF
COPY --from=made /slow /
COPY compiler.sh /
RUN --mount=type=cache,id=../kept-$TARGETARCH,target=/kept,uid=5,gid=6,mode=0750 \\
    --mount=type=cache,id=expected-$TARGETARCH,target=/expected,sharing=locked \\
    --mount=type=cache,target=/steps \\
    --mount=type=cache,from=made,target=/from \\
    --mount=type=cache,id=seeded,from=${busybox},source=/etc,target=/seeded \\
    sh /compiler.sh "$RUN_OF"
`;

const push = ['--event', 'push'];
const pull = ['--event', 'pull_request_target', '--pull-request', '1'];

interface Setting {
  readonly args: readonly string[];
  /** Platform by docker context. */
  readonly nodes?: Readonly<Record<string, string>>;
  readonly cache?: string;
  /** Whether no other build finds what this one leaves on its engine. */
  readonly alone?: boolean;
  readonly megabytes?: number;
  /** Beside what is built. */
  readonly files?: number;
  readonly env: Readonly<Record<string, string>>;
}

async function run(
  name: string,
  word: string,
  { args, nodes = {}, cache = registry, alone = false, megabytes, files = 0, env }: Setting,
) {
  const builderNodes = Object.entries(nodes).map(([builder, platform]) => ({
    ...{ name: platform.replace('linux/', ''), builder, platforms: [platform] },
  }));
  const settings = {
    registry: `${registry}/built`,
    'dev-registry': `${registry}/built`,
    'default-commit-tag': { name: 'default_tag', value: 'v{{ .ShortSHA }}', validation: '^v[0-9a-f]+$' },
    'default-pr-tag': { name: 'default_tag', value: 'PR-{{ .PRNumber }}', validation: '^PR-[0-9]+$' },
    platforms: builderNodes.length > 0 ? builderNodes.flatMap(({ platforms }) => platforms) : ['linux/amd64'],
    provenance: 'off',
    compression: 'zstd',
    cache: {
      ...{ enabled: true, 'cache-repo': `${cache}/cache`, 'helper-image': transferImage },
      'engine-per-build': alone,
      'mount-max-megabytes': megabytes,
    },
    'builder-nodes': builderNodes,
  };
  const cwd = await checkout({
    Dockerfile: dockerfile,
    'compiler.sh': compiler,
    'image-builder.yaml': JSON.stringify(settings),
    ...Object.fromEntries(Array.from({ length: files }, (_, at) => [`files/${at}`, ''])),
  });
  const flags = ['--name', name, '--build-arg', `RUN_OF=${word}`, '--progress', 'plain', '--debug', ...args];
  const { exitCode, report, stderr } = await build(flags, { cwd, env });
  expect(exitCode, stderr).toBe(0);
  expect(stderr).not.toContain('nothing is got ahead');
  return {
    image: `${registry}/built/${name}@${report.digest}`,
    has: [...stderr.matchAll(/\| has (.*)/g)].map(([, words]) => words),
    began: [...stderr.matchAll(/\| began with (.*)/g)].map(([, names]) => names),
    asItWas: stderr.match(/\| as it was/g)?.length ?? 0,
    saved: [...stderr.matchAll(/cache mounts saved: (.*)/g)].map(([, ids]) => ids).sort(),
    cached: report.platforms.map(({ steps, cached_steps }) => `${cached_steps} of ${steps}`),
    // Of the mount that begins with a stage there is one in every build.
    warnings: (stderr.match(/^warning: .*/gm) ?? []).filter((line) => !line.includes('Dockerfile:8 begins')),
    stderr,
  };
}

/** The digest under every tag of a tier. */
async function tagsOf(tier: string, name: string): Promise<Readonly<Record<string, string>>> {
  const place = `${registry}/cache/${tier}/${name}`;
  const tags = (await crane('ls', place)).split('\n').filter((tag) => tag !== '');
  const digests = await Promise.all(tags.map((tag) => crane('digest', `${place}:${tag}`)));
  return Object.fromEntries(tags.map((tag, at) => [tag, digests[at] ?? '']));
}

const zstd = 'application/vnd.oci.image.layer.v1.tar+zstd';

async function layerTypes(reference: string, ...flags: readonly string[]): Promise<readonly string[]> {
  return (await layersOf(reference, ...flags)).map(({ mediaType }) => mediaType);
}

describe('machines that were made a second ago', () => {
  const machines: FreshEngine[] = [];
  beforeAll(async () => {
    machines.push(...(await Promise.all([startMachine(), startMachine()])));
    return () => Promise.all(machines.map((machine) => machine.stop()));
  });

  const hosts = () => Object.fromEntries(machines.map(({ env }, at) => [`machine-${at}`, env.DOCKER_HOST]));

  test('build a pull request with what a push left on others, each platform where it is native, and leave it be', async () => {
    const name = uniqueName('cache');
    const env = dockerContexts(hosts(), temporaryFolder());
    const [there, swapped] = [
      { 'machine-0': 'linux/amd64', 'machine-1': 'linux/arm64' },
      { 'machine-1': 'linux/amd64', 'machine-0': 'linux/arm64' },
    ];
    const made = await run(name, 'one', { args: push, nodes: there, env });
    expect(made.stderr).toContain(
      'warning: cache mount is not kept: Dockerfile:8 begins with the content of "made"',
    );
    expect(made).toMatchObject({ has: ['one', 'one'], cached: ['0 of 4', '0 of 4'] });
    expect(made.warnings.toSorted()).toEqual(
      ['amd64', 'arm64'].map((arch) => {
        const place = `${registry}/cache/trusted/${name}:linux-${arch}`;
        return `warning: layers are not taken from the cache: there is none yet at ${place}`;
      }),
    );
    expect(made.saved).toEqual(
      ['amd64', 'arm64'].map((arch) => `../kept-${arch}, expected-${arch}, /steps, seeded`),
    );
    expect(await layerTypes(made.image, '--platform', 'linux/amd64')).toContain(zstd);
    const trusted = await tagsOf('trusted', name);
    expect(Object.keys(trusted)).toHaveLength(12);
    expect(await layerTypes(`${registry}/cache/trusted/${name}:linux-arm64`)).toContain(zstd);

    const found = await run(name, 'two', { args: pull, nodes: swapped, env });
    expect(found).toMatchObject({ has: ['one two', 'one two'], asItWas: 2, warnings: [] });
    expect(found).toMatchObject({
      cached: ['3 of 4', '3 of 4'],
      saved: ['/steps, seeded', '/steps, seeded'],
    });
    expect(made.began).toEqual(['group one passwd', 'group one passwd']);
    expect(found.began).toEqual(['group one passwd two', 'group one passwd two']);
    expect(await tagsOf('trusted', name)).toEqual(trusted);
    const own = await tagsOf('pull-request-target', name);
    expect(Object.keys(own).filter((tag) => tag.includes('mount'))).toHaveLength(4);
  });

  test('restore as much as they may', async () => {
    const name = uniqueName('large');
    const [, engine] = machines;
    if (engine === undefined) throw new Error('no machine');
    const on = { args: push, env: engine.env, alone: true };
    await forget(engine);
    await run(name, 'large', on);
    await forget(engine);
    const small = await run(name, 'two', { ...on, megabytes: 1 });
    expect(small).toMatchObject({ has: ['two'], asItWas: 1 });
    expect(small.warnings).toEqual([
      'warning: cache mount "/steps" is not restored: unpacks to more than 2.1 MB',
    ]);
    await forget(engine);
    const found = await run(name, 'three', { ...on, files: 1001 });
    expect(found).toMatchObject({ has: ['two three'], asItWas: 1, warnings: [] });
  });

  test('build whatever the cache cannot give, with one warning that says why', async () => {
    const name = uniqueName('faults');
    const [engine] = machines;
    if (engine === undefined) throw new Error('no machine');
    const on = { args: push, env: engine.env, alone: true };
    const down = await run(name, 'zero', { ...on, cache: 'localhost:1' });
    expect(down.warnings).toEqual([expect.stringMatching(/^warning: the cache is not used: .*localhost:1/)]);
    await forget(engine);
    await run(name, 'one', on);
    const before = await tagsOf('trusted', name);

    const closed = await registryProxy(registry, (method) =>
      ['GET', 'HEAD'].includes(method) ? 'pass' : 403,
    );
    await forget(engine);
    const same = await run(name, 'one', { ...on, cache: closed.address });
    expect(same).toMatchObject({ cached: ['4 of 4'], saved: [], warnings: [] });
    expect(same.stderr).toMatch(
      /cache mounts not needed, .*: \.\.\/kept-amd64, expected-amd64, \/steps, seeded\n/,
    );
    expect(same.stderr).not.toContain('cache mounts restored');
    const refused = await run(name, 'two', { ...on, cache: closed.address });
    expect(refused).toMatchObject({ cached: ['3 of 4'], has: ['one two'] });
    expect(refused.warnings).toEqual([
      expect.stringMatching(/^warning: nothing is kept in the cache: .*403/),
    ]);
    expect(await tagsOf('trusted', name)).toEqual(before);

    await forget(engine);
    const asked = await run(name, 'one', { ...on, args: pull });
    expect(asked).toMatchObject({ cached: ['4 of 4'], saved: [], warnings: [] });

    await crane('copy', busybox, `${registry}/cache/trusted/${name}:linux-amd64`);
    await forget(engine);
    const other = await run(name, 'three', on);
    expect(other).toMatchObject({ cached: ['0 of 4'], has: ['one three'] });
    expect(other.warnings).toEqual([
      expect.stringMatching(/^warning: layers are not taken from the cache: .*is no cache/),
    ]);

    await forget(engine);
    const bad = await damagingRegistry(registry);
    const broken = await run(name, 'four', { ...on, cache: bad.address });
    expect(broken).toMatchObject({ cached: ['0 of 4'], has: ['one three four'] });
    expect(broken.warnings.toSorted()).toEqual([
      expect.stringMatching(/^warning: cache mount "..\/kept-amd64" is not restored: .*expected sha256:/),
      expect.stringMatching(/^warning: layers are not taken from the cache: .*unexpected commit digest/),
    ]);
  });
});
