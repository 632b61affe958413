import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FreshEngine } from '../../scripts/workbench/index.ts';
import { type Account, authorizingRegistry } from './authorizing-registry.ts';
import { buildkitSocket } from './buildkit-socket.ts';
import { dockerContexts, forget, remoteBuilder, startMachine } from './machines.ts';
import { build, checkout, registry, temporaryFolder, uniqueName } from './stage.ts';

const dockerfile = (host: string) => `FROM ${host}/base/busybox:latest AS made
RUN head -c 100000 /dev/urandom > /slow
FROM ${host}/base/busybox:latest
ARG RUN_OF
COPY --from=made /slow /
RUN --mount=type=cache,target=/steps echo "$RUN_OF" >> /steps/all; echo "has $(xargs < /steps/all)"
`;

/** Everybody reads; each of them writes to one place. */
const writerOf = (place: string, password: string): Account => ({
  password,
  may: (action, path) => action === 'pull' || path.startsWith(place),
});

const push = ['--event', 'push'];
const pull = ['--event', 'pull_request_target', '--pull-request', '1'];

interface Setting {
  readonly args: readonly string[];
  readonly logins: readonly object[];
  /** The same machine as a docker context, or as a BuildKit on a socket. */
  readonly builder?: 'context' | 'socket';
  readonly env?: Readonly<Record<string, string>>;
}

/** Everything that a tier holds of an image: manifests by their tags, and what every blob is. */
async function contentOf(tier: string, name: string): Promise<Readonly<Record<string, string>>> {
  const get = (path: string) =>
    fetch(`http://${registry}/v2/cache/${tier}/${name}/${path}`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
  const { tags } = (await (await get('tags/list')).json()) as { tags: string[] };
  const content: Record<string, string> = {};
  for (const tag of tags) {
    const text = await (await get(`manifests/${tag}`)).text();
    content[tag] = text;
    const { config, layers } = JSON.parse(text) as Record<'config', Blob> & Record<'layers', Blob[]>;
    for (const { digest } of [config, ...layers]) {
      const bytes = await (await get(`blobs/${digest}`)).bytes();
      content[digest] = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    }
  }
  return content;
}

interface Blob {
  readonly digest: string;
}

describe('tiers with logins of their own', () => {
  let machine: FreshEngine;
  beforeAll(async () => {
    machine = await startMachine();
    return () => machine.stop();
  });

  test('write their own caches and no other, whatever a build is made to try', async () => {
    const { address, writes } = await authorizingRegistry(registry, {
      images: writerOf('built/', 'images-secret'),
      pushing: writerOf('cache/trusted/', 'pushing-secret'),
      pulling: writerOf('cache/pull-request-target/', 'pulling-secret'),
    });
    const folder = temporaryFolder();
    const contexts = dockerContexts({ context: machine.env.DOCKER_HOST }, folder);
    await remoteBuilder('socket', await buildkitSocket(machine.env.DOCKER_HOST ?? ''), contexts);
    const auth = Buffer.from('images:images-secret').toString('base64');
    writeFileSync(join(folder, 'docker/config.json'), JSON.stringify({ auths: { [address]: { auth } } }));
    writeFileSync(join(folder, 'pulling'), 'pulling-secret\n');
    const trusted = { tier: 'trusted', username: 'pushing', 'token-variable': 'PUSHING' };
    const ofPulls = { username: 'pulling', 'token-file': join(folder, 'pulling') };
    const logins = [trusted, { tier: 'pull-request-target', ...ofPulls }];
    const name = uniqueName('logins');

    async function run(word: string, setting: Setting) {
      const { builder = 'context' } = setting;
      const settings = {
        ...{ registry: `${address}/built`, 'dev-registry': `${address}/built` },
        'default-commit-tag': { value: 'v{{ .ShortSHA }}', validation: '^v[0-9a-f]+$' },
        'default-pr-tag': { value: 'PR-{{ .PRNumber }}', validation: '^PR-[0-9]+$' },
        ...{ platforms: ['linux/amd64'], provenance: 'off' },
        'builder-nodes': [{ name: 'machine', builder, platforms: ['linux/amd64'] }],
        cache: {
          ...{ enabled: true, 'cache-repo': `${address}/cache`, logins: setting.logins },
          'helper-image': `${address}/base/transfer:latest`,
        },
      };
      const cwd = await checkout({
        Dockerfile: dockerfile(address),
        'image-builder.yaml': JSON.stringify(settings),
      });
      const flags = ['--name', name, '--build-arg', `RUN_OF=${word}`, ...setting.args];
      writes.length = 0;
      const options = { cwd, env: { ...contexts, ...setting.env } };
      const { exitCode, report, stderr } = await build([...flags, '--progress', 'plain'], options);
      expect(exitCode, stderr).toBe(0);
      return {
        has: stderr.match(/\| has (.*)/)?.[1],
        cached: report.platforms.map(({ steps, cached_steps }) => `${cached_steps} of ${steps}`),
        warnings: stderr.match(/^warning: .*/gm) ?? [],
        writers: [...new Set(writes.map(({ user, path }) => `${user}: ${path}`))].sort(),
      };
    }

    const made = await run('one', { args: push, logins, env: { PUSHING: 'pushing-secret' } });
    const place = `${address}/cache/trusted/${name}:linux-amd64`;
    const none = `warning: layers are not taken from the cache: there is none yet at ${place}`;
    expect(made).toMatchObject({ has: 'one', warnings: [none] });
    expect(made.writers).toEqual([`images: built/${name}`, `pushing: cache/trusted/${name}`]);
    const before = await contentOf('trusted', name);
    expect(Object.entries(before).filter(([digest, found]) => digest === found).length).toBeGreaterThan(3);

    // On the engine where the push has just been let in.
    const attack = await run('attack', { args: push, logins: [{ tier: 'trusted', ...ofPulls }] });
    expect(attack).toMatchObject({ has: 'one attack', writers: [`images: built/${name}`] });
    expect(attack.warnings).toEqual([
      expect.stringMatching(/^warning: nothing is kept in the cache: .*401 UNAUTHORIZED/),
    ]);
    expect(await contentOf('trusted', name)).toEqual(before);

    await forget(machine);
    const proposed = await run('two', { args: pull, logins, builder: 'socket' });
    expect(proposed).toMatchObject({ has: 'one two', cached: ['2 of 3'], warnings: [] });
    expect(proposed.writers).toEqual([`images: built/${name}`, `pulling: cache/pull-request-target/${name}`]);
    expect(await contentOf('trusted', name)).toEqual(before);

    const forgotten = await run('three', { args: push, logins });
    expect(forgotten.warnings).toEqual([
      'warning: nothing is kept in the cache: the token in variable PUSHING cannot be used: is not set',
    ]);
    expect(await contentOf('trusted', name)).toEqual(before);
  });
});
