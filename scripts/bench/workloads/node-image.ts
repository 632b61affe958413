import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bringPackages } from '../../workbench/apt.ts';
import { sourceForSuite } from '../../workbench/apt-sources.ts';
import { findDebian, nativeArchitecture } from '../../workbench/debian.ts';
import { placesOf } from '../../workbench/places.ts';
import { runCommand } from '../../workbench/run-command.ts';
import { newSession } from '../../workbench/session.ts';
import { emptyFolder } from '../contestants.ts';
import type { Bench } from '../group.ts';

/** An image with the node and the npm that run the benchmark, on libraries of Debian; returns its reference. */
export async function nodeImage(bench: Bench): Promise<string> {
  const { workbench, signal } = bench;
  const npm = process.env.npm_execpath;
  const machine = findDebian();
  if (npm === undefined || machine === undefined) throw new Error('this needs Debian, and to be run by npm');
  const context = await emptyFolder(bench, 'node-image');
  const root = join(context, 'root');
  for (const folder of ['lib', 'lib64']) {
    await mkdir(join(root, 'usr', folder), { recursive: true });
    await symlink(`usr/${folder}`, join(root, folder));
  }
  const session = newSession(placesOf(workbench.root), { signal });
  const sources = sourceForSuite(machine.source, machine.codename);
  const request = { name: 'node', sources, architectures: [nativeArchitecture] };
  await bringPackages(session, request, { packages: ['libc6', 'libstdc++6', 'libgcc-s1'], into: root });
  await rm(join(root, 'usr/share'), { recursive: true, force: true });
  await mkdir(join(root, 'usr/local/bin'), { recursive: true });
  await cp(process.execPath, join(root, 'usr/local/bin/node'));
  await cp(dirname(dirname(npm)), join(root, 'usr/local/lib/npm'), { recursive: true, dereference: true });
  await symlink('../lib/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  await writeFile(
    join(context, 'Dockerfile'),
    `FROM ${workbench.registry}/base/busybox:latest\nCOPY root/ /\n`,
  );
  const name = `${workbench.registry}/base/node:latest`;
  const argv = [
    'buildx',
    'build',
    '--push',
    '--platform',
    `linux/${nativeArchitecture}`,
    '--tag',
    name,
    context,
  ];
  await runCommand(workbench.tool('docker'), argv, {
    env: { ...process.env, ...workbench.env },
    signal,
    timeoutMs: 300_000,
  });
  return name;
}
