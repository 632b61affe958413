import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busyboxOf } from './bridge.ts';
import { readBroughtTools } from './bring-tools.ts';
import type { Architecture } from './debian.ts';
import { nativeArchitecture } from './debian.ts';
import { runCommand } from './run-command.ts';
import type { Session } from './session.ts';
import { toolPath } from './tool-path.ts';

/** An image of the workbench's registry and how to make it. */
export interface BaseImage {
  readonly repository: string;
  readonly platforms: readonly string[];
  readonly dockerfile: string;
  /** Everything beside the Dockerfile that decides the content, as a text to compare. */
  readonly ingredients: string;
  /** Fills the build context; runs only when the image has to be made. */
  readonly fill: (context: string) => Promise<void>;
}

/** Where to build and push: the workbench's environment and its registry as `localhost:PORT`. */
export interface Target {
  readonly env: NodeJS.ProcessEnv;
  readonly registry: string;
}

/** Makes and pushes an image unless the registry has it, made by the same recipe; returns its reference. */
export async function ensureImage(session: Session, target: Target, image: BaseImage): Promise<string> {
  const recipe = createHash('sha256').update(
    JSON.stringify([image.dockerfile, image.platforms, image.ingredients]),
  );
  const name = `${target.registry}/${image.repository}`;
  const recipeTag = `recipe-${recipe.digest('hex').slice(0, 12)}`;
  const [latest, made] = await Promise.all(
    ['latest', recipeTag].map((tag) => digestOf(target.registry, image.repository, tag)),
  );
  if (latest !== undefined && latest === made) return `${name}:latest`;
  const context = await mkdtemp(join(tmpdir(), 'image-builder-base-'));
  try {
    await writeFile(join(context, 'Dockerfile'), image.dockerfile);
    await image.fill(context);
    // The exporter's rewrite-timestamp does not go with the engine's own builder.
    await runCommand('find', [context, '-exec', 'touch', '-h', '-t', '197001010000', '{}', '+']);
    await buildAndPush(session, target, image, context, [`${name}:latest`, `${name}:${recipeTag}`]);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
  session.progress(`${name}:latest ready`);
  return `${name}:latest`;
}

/** A base image made from one of Docker Hub, on a machine that brings none of Debian's packages. */
export function hubImage(place: Pick<BaseImage, 'repository' | 'platforms'>, from: string): BaseImage {
  return { ...place, dockerfile: `FROM ${from}\n`, ingredients: '', fill: async () => {} };
}

/** `base/busybox:latest`, a shell and its tools for both architectures. */
export async function busyboxImage(session: Session): Promise<BaseImage> {
  const { places } = session;
  const repository = 'base/busybox';
  const platforms = ['linux/amd64', 'linux/arm64'];
  const brought = await readBroughtTools(places);
  if (!brought) return hubImage({ repository, platforms }, 'busybox:stable');
  return {
    repository,
    platforms,
    dockerfile: [
      'FROM scratch',
      'ARG TARGETARCH',
      'COPY $TARGETARCH/ /',
      'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'CMD ["/bin/sh"]',
      '',
    ].join('\n'),
    ingredients: brought.packages.filter((name) => name.startsWith('busybox')).join(' '),
    fill: async (context) => {
      for (const architecture of ['amd64', 'arm64'] as const) {
        await busyboxRoot(session, architecture, join(context, architecture));
      }
    },
  };
}

/** A root file system with busybox under all its names. */
export async function busyboxRoot(session: Session, architecture: Architecture, root: string): Promise<void> {
  const native = busyboxOf(session.places, nativeArchitecture);
  const names = (await runCommand(native, ['--list'], { signal: session.signal })).trim().split('\n');
  for (const folder of ['bin', 'etc', 'root', 'proc', 'sys', 'dev', 'var', 'usr/bin']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await mkdir(join(root, 'tmp'));
  await chmod(join(root, 'tmp'), 0o1777);
  await cp(busyboxOf(session.places, architecture), join(root, 'bin/busybox'));
  const links = names.filter((name) => name !== 'busybox' && name !== 'linuxrc');
  for (const name of links) await symlink('busybox', join(root, 'bin', name));
  await symlink('../../bin/env', join(root, 'usr/bin/env'));
  await writeFile(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  );
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
}

async function buildAndPush(
  session: Session,
  target: Target,
  image: BaseImage,
  context: string,
  references: readonly string[],
): Promise<void> {
  const tags = references.flatMap((reference) => ['--tag', reference]);
  // Without an attestation BuildKit would choose Docker's media types; a quick compression is enough here.
  const output = 'type=image,push=true,oci-mediatypes=true,compression=gzip,compression-level=1';
  const options = ['--platform', image.platforms.join(','), '--provenance=false', '--output', output];
  await runCommand(toolPath('docker', session.places), ['buildx', 'build', ...options, ...tags, context], {
    env: { ...process.env, ...target.env, SOURCE_DATE_EPOCH: '0' },
    signal: session.signal,
    timeoutMs: 300_000,
  });
}

/** The digest a tag stands for in a registry on loopback. */
function digestOf(registry: string, repository: string, tag: string): Promise<string | undefined> {
  const accept = [
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
    'application/vnd.docker.distribution.manifest.v2+json',
  ];
  const path = `/v2/${repository}/manifests/${tag}`;
  const [, port] = registry.split(':');
  return new Promise((settle, fail) => {
    const options = {
      host: '127.0.0.1',
      port,
      path,
      method: 'HEAD',
      headers: { accept: accept.join(', ') },
      agent: false,
    };
    const call = get({ ...options, timeout: 10_000 }, (response) => {
      response.resume();
      settle(response.headers['docker-content-digest']?.toString());
    });
    call.on('error', fail);
    call.on('timeout', () => call.destroy(new Error(`no answer from ${registry}`)));
  });
}
