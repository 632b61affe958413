import { existsSync, readFileSync } from 'node:fs';
import type { SourceStanza } from './apt-sources.ts';
import { findDebianSource, readMachineSources } from './apt-sources.ts';
import { findOnPath } from './find-on-path.ts';

export type Architecture = 'amd64' | 'arm64';

/** A machine whose package mirror can give what is missing. */
export interface DebianMachine {
  readonly codename: string;
  readonly source: SourceStanza;
}

/** The word of Debian and of OCI for this machine's processor. */
export const nativeArchitecture: Architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
export const foreignArchitecture: Architecture = nativeArchitecture === 'arm64' ? 'amd64' : 'arm64';

/** What is needed to bring packages on this machine, or nothing where it is no Debian with a mirror. */
export function findDebian(): DebianMachine | undefined {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return undefined;
  const release = osRelease();
  const codename = release.get('VERSION_CODENAME');
  if (release.get('ID') !== 'debian' || codename === undefined) return undefined;
  if (!findOnPath('apt-get') || !findOnPath('dpkg-deb')) return undefined;
  const source = findDebianSource(readMachineSources(), codename);
  return source && { codename, source };
}

function osRelease(): ReadonlyMap<string, string> {
  if (!existsSync('/etc/os-release')) return new Map();
  const lines = readFileSync('/etc/os-release', 'utf8').matchAll(/^([A-Z_]+)="?(.*?)"?$/gm);
  return new Map([...lines].map(([, name = '', value = '']) => [name, value]));
}
