import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { dependenciesOf, downloadPackages, fetchLists, unpack } from './apt.ts';
import { sourceForSuite } from './apt-sources.ts';
import type { BaseImage } from './base-images.ts';
import { busyboxRoot, hubImage } from './base-images.ts';
import { toolSuite } from './bring-tools.ts';
import { type Architecture, findDebian, foreignArchitecture, nativeArchitecture } from './debian.ts';
import type { Session } from './session.ts';

/** For which architectures the compiler itself runs. */
export type CompilerKind = 'native' | 'both';

const kinds: Readonly<Record<CompilerKind, { repository: string; architectures: readonly Architecture[] }>> =
  {
    native: { repository: 'base/golang', architectures: [nativeArchitecture] },
    both: { repository: 'base/golang-both', architectures: [nativeArchitecture, foreignArchitecture] },
  };

/** `base/golang:latest`; its compiler cross-compiles to any architecture. */
export function compilerImage(session: Session, kind: CompilerKind): BaseImage {
  const { repository, architectures } = kinds[kind];
  const platforms = architectures.map((architecture) => `linux/${architecture}`);
  const machine = findDebian();
  if (!machine) return hubImage({ repository, platforms }, 'golang:1-alpine');
  return {
    repository,
    platforms,
    dockerfile: [
      'FROM scratch',
      'ARG TARGETARCH',
      'COPY $TARGETARCH/ /',
      'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin GOTOOLCHAIN=local',
      'WORKDIR /src',
      '',
    ].join('\n'),
    ingredients: toolSuite,
    fill: async (context) => {
      session.progress('bringing the Go compiler');
      const sources = sourceForSuite(machine.source, toolSuite);
      for (const architecture of architectures) {
        const root = join(context, architecture);
        await busyboxRoot(session, architecture, root);
        for (const folder of ['lib', 'lib64', 'sbin']) {
          await mkdir(join(root, 'usr', folder), { recursive: true });
          await symlink(`usr/${folder}`, join(root, folder));
        }
        await unpackCompiler(session, { sources, architecture, root });
      }
    },
  };
}

interface Compiler {
  readonly sources: string;
  readonly architecture: Architecture;
  /** Where it is unpacked. */
  readonly root: string;
}

/** Debian's `golang-go` is a name for the compiler of a certain version; the C library comes from the same suite. */
async function unpackCompiler(session: Session, { sources, architecture, root }: Compiler): Promise<void> {
  const lists = await fetchLists(session, { name: 'compiler', sources, architectures: [architecture] });
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
