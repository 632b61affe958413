import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { bringPackages } from './apt.ts';
import { sourceForSuite } from './apt-sources.ts';
import type { BaseImage } from './base-images.ts';
import { hubImage } from './base-images.ts';
import { findDebian, nativeArchitecture } from './debian.ts';
import type { Session } from './session.ts';

const repository = 'base/transfer';
const platforms = [`linux/${nativeArchitecture}`];

/** What the programs need, and the libraries that they need in Debian 12 and 13; what a release lacks is left out. */
const programs = ['bash', 'tar', 'coreutils', 'findutils', 'zstd'];
const libraries = [
  'libc6',
  'libtinfo6',
  'libacl1',
  'libattr1',
  'libselinux1',
  'libpcre2-8-0',
  'libgmp10',
  'libssl3',
  'libzstd1',
  'liblz4-1',
  'liblzma5',
  'zlib1g',
];

/** `base/transfer:latest` for this machine's architecture: bash, GNU tar, findutils, coreutils and zstd, as in Debian. */
export function transferImage(session: Session): BaseImage {
  const machine = findDebian();
  if (!machine) return hubImage({ repository, platforms }, 'debian:stable-slim');
  return {
    repository,
    platforms,
    dockerfile: 'FROM scratch\nCOPY root/ /\nENV PATH=/usr/bin:/bin\n',
    ingredients: [machine.codename, ...programs, ...libraries].join(' '),
    fill: async (context) => {
      session.progress('bringing bash and GNU tar');
      const root = join(context, 'root');
      for (const folder of ['bin', 'lib', 'lib64']) {
        await mkdir(join(root, 'usr', folder), { recursive: true });
        await symlink(`usr/${folder}`, join(root, folder));
      }
      await mkdir(join(root, 'tmp'));
      const sources = sourceForSuite(machine.source, machine.codename);
      const request = { name: 'transfer', sources, architectures: [nativeArchitecture] };
      await bringPackages(session, request, { packages: [...programs, ...libraries], into: root });
      for (const folder of ['doc', 'man', 'locale', 'info', 'bash-completion'])
        await rm(join(root, 'usr/share', folder), { recursive: true, force: true });
    },
  };
}
