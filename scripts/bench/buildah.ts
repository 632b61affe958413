import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bringPackages } from '../workbench/apt.ts';
import { sourceForSuite } from '../workbench/apt-sources.ts';
import { findDebian, nativeArchitecture } from '../workbench/debian.ts';
import { placesOf } from '../workbench/places.ts';
import { tryCommand } from '../workbench/run-command.ts';
import { newSession } from '../workbench/session.ts';
import { findTool } from '../workbench/tool-path.ts';
import { emptyFolder, platforms } from './contestants.ts';
import type { Bench } from './group.ts';
import type { Command } from './run-timed.ts';

/** What buildah of this Debian release needs beside a plain system. */
const packages = [
  'buildah',
  'libgpgme11',
  'libassuan0',
  'libdevmapper1.02.1',
  'libsubid4',
  'golang-github-containers-common',
  'golang-github-containers-image',
];

export interface Buildah {
  /** Build with a registry cache and push, on storage that is empty. */
  readonly commands: (cwd: string, name: string) => readonly Command[];
  /** Deletes its storage. */
  readonly clear: () => Promise<void>;
}

/** Brings buildah from Debian's packages into the folder of the group. */
export async function bringBuildah(bench: Bench): Promise<Buildah> {
  const places = placesOf(bench.workbench.root);
  const machine = findDebian();
  if (machine === undefined)
    throw new Error('buildah is brought from Debian packages, and this is no Debian');
  const session = newSession(places, { signal: bench.signal });
  const root = await emptyFolder(bench, 'buildah');
  const sources = sourceForSuite(machine.source, machine.codename);
  const request = { name: 'buildah', sources, architectures: [nativeArchitecture] };
  await bringPackages(session, request, { packages, into: root });
  const storage = join(bench.folder, 'buildah-storage');
  const env = await environmentFor(root, storage);
  const runtime = findTool('runc', places) ?? 'runc';
  return {
    commands: (cwd, name) =>
      argumentsFor({ bench, root, storage, runtime, name }).map((argv) => ({ argv, cwd, env })),
    clear: async () => {
      await tryCommand('umount', ['-l', join(storage, 'root/overlay')]);
      await rm(storage, { recursive: true, force: true });
      await mkdir(join(storage, 'tmp'), { recursive: true });
    },
  };
}

async function environmentFor(root: string, storage: string): Promise<NodeJS.ProcessEnv> {
  const logins = join(root, 'auth.json');
  await writeFile(logins, '{}');
  const library = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  return {
    LD_LIBRARY_PATH: join(root, 'usr/lib', library),
    REGISTRY_AUTH_FILE: logins,
    CONTAINERS_REGISTRIES_CONF: join(root, 'etc/containers/registries.conf'),
    CONTAINERS_CONF: join(root, 'usr/share/containers/containers.conf'),
    // It keeps cache mounts beside its storage, where they would outlive the agent.
    TMPDIR: join(storage, 'tmp'),
  };
}

interface Call {
  readonly bench: Bench;
  readonly root: string;
  readonly storage: string;
  readonly runtime: string;
  readonly name: string;
}

function argumentsFor({ bench, root, storage, runtime, name }: Call): readonly (readonly string[])[] {
  const { registry } = bench.workbench;
  const cache = `${registry}/cache/${name}`;
  const buildah = [
    ...[join(root, 'usr/bin/buildah'), '--storage-driver', 'overlay'],
    ...['--root', join(storage, 'root'), '--runroot', join(storage, 'run')],
  ];
  const plain = ['--signature-policy', join(root, 'etc/containers/policy.json'), '--tls-verify=false'];
  const steps = ['--isolation', 'oci', '--runtime', runtime, '--network', 'host', '--layers'];
  const caches = ['--cache-from', cache, '--cache-to', cache];
  return [
    [...buildah, 'build', ...plain, ...steps, ...caches, '--platform', platforms, '--manifest', name, '.'],
    [...buildah, 'manifest', 'push', ...plain, '--all', name, `docker://${registry}/${name}:latest`],
  ];
}
