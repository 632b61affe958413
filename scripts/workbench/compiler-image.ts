import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { dependenciesOf, downloadPackages, fetchLists, unpack } from './apt.ts';
import { sourceForSuite } from './apt-sources.ts';
import type { BaseImage } from './base-images.ts';
import { busyboxRoot, hubImage } from './base-images.ts';
import { toolSuite } from './bring-tools.ts';
import { findDebian, nativeArchitecture } from './debian.ts';
import type { Session } from './session.ts';

const repository = 'base/golang';
const platforms = [`linux/${nativeArchitecture}`];

/** `base/golang:latest` for this machine's architecture; its compiler cross-compiles to any other. */
export function compilerImage(session: Session): BaseImage {
  const machine = findDebian();
  if (!machine) return hubImage({ repository, platforms }, 'golang:1-alpine');
  return {
    repository,
    platforms,
    dockerfile: [
      'FROM scratch',
      'COPY root/ /',
      'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin GOTOOLCHAIN=local',
      'WORKDIR /src',
      '',
    ].join('\n'),
    ingredients: toolSuite,
    fill: async (context) => {
      session.progress('bringing the Go compiler');
      const root = join(context, 'root');
      await busyboxRoot(session, nativeArchitecture, root);
      for (const folder of ['lib', 'lib64', 'sbin']) {
        await mkdir(join(root, 'usr', folder), { recursive: true });
        await symlink(`usr/${folder}`, join(root, folder));
      }
      await unpackCompiler(session, sourceForSuite(machine.source, toolSuite), root);
    },
  };
}

/** Debian's `golang-go` is a name for the compiler of a certain version; the C library comes from the same suite. */
async function unpackCompiler(session: Session, sources: string, root: string): Promise<void> {
  const lists = await fetchLists(session, { name: 'compiler', sources, architectures: [nativeArchitecture] });
  const direct = await dependenciesOf(session, lists, 'golang-go');
  const versioned = direct.filter((name) => /^golang-[\d.]+-go$/.test(name));
  const packages = [
    'golang-go',
    'golang-src',
    ...versioned,
    ...versioned.map((name) => name.replace(/-go$/, '-src')),
    'libc6',
  ];
  const debs = await downloadPackages(session, lists, packages);
  await Promise.all(debs.map((deb) => unpack(session, deb, root)));
  for (const folder of ['usr/share/doc', 'usr/share/man', 'usr/share/locale']) {
    await rm(join(root, folder), { recursive: true, force: true });
  }
  await rm(lists.folder, { recursive: true, force: true });
}
