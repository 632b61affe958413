import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';
import type { Session } from './session.ts';

/** Package lists of our own beside the system's, which stays untouched: no root is needed and no dpkg state read. */
export interface PackageLists {
  readonly folder: string;
  readonly options: readonly string[];
}

export interface ListsRequest {
  readonly name: string;
  /** The text of a `.sources` file. */
  readonly sources: string;
  readonly architectures: readonly string[];
}

/** Downloads the lists of packages; a fault of the network is tried again by apt itself. */
export async function fetchLists(session: Session, request: ListsRequest): Promise<PackageLists> {
  const folder = join(session.places.apt, request.name);
  const sources = join(folder, 'workbench.sources');
  await rm(folder, { recursive: true, force: true });
  for (const part of ['lists/partial', 'cache/archives/partial', 'debs']) {
    await mkdir(join(folder, part), { recursive: true });
  }
  await writeFile(sources, request.sources);
  const lists: PackageLists = { folder, options: options(folder, sources, request.architectures) };
  await runApt(session, 'apt-get', lists, ['update'], folder);
  return lists;
}

/** Downloads packages, their hashes verified by apt, and returns the files. */
export async function downloadPackages(
  session: Session,
  lists: PackageLists,
  packages: readonly string[],
): Promise<string[]> {
  const into = join(lists.folder, 'debs', packages[0] ?? 'none');
  await mkdir(into, { recursive: true });
  await runApt(session, 'apt-get', lists, ['download', ...packages], into);
  return (await readdir(into)).filter((name) => name.endsWith('.deb')).map((name) => join(into, name));
}

/** Unpacks packages of one source into a folder, one after the other, and leaves nothing else behind. */
export async function bringPackages(
  session: Session,
  request: ListsRequest,
  { packages, into }: { readonly packages: readonly string[]; readonly into: string },
): Promise<void> {
  const lists = await fetchLists(session, request);
  for (const deb of await downloadPackages(session, lists, packages)) await unpack(session, deb, into);
  await rm(lists.folder, { recursive: true, force: true });
}

/** The packages a package depends on directly. */
export async function dependenciesOf(session: Session, lists: PackageLists, name: string): Promise<string[]> {
  const text = await runApt(session, 'apt-cache', lists, ['depends', name], lists.folder);
  return [...text.matchAll(/^ *\|?Depends: ([a-z0-9][\w.+-]*)$/gm)].map(([, dependency = '']) => dependency);
}

/** Whether the lists hold a real package of this name, not only a name others provide. */
export async function hasPackage(session: Session, lists: PackageLists, name: string): Promise<boolean> {
  const text = await runApt(session, 'apt-cache', lists, ['pkgnames', name], lists.folder);
  return text.split('\n').includes(name);
}

/** Unpacks a package into a folder, or only the one file of it that is named. */
export async function unpack(session: Session, deb: string, into: string, only?: string): Promise<void> {
  const { signal } = session;
  await mkdir(into, { recursive: true });
  if (only === undefined) await runCommand('dpkg-deb', ['-x', deb, into], { signal });
  else {
    const script = 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" "$3"';
    await runCommand('sh', ['-c', script, 'sh', deb, into, only], { signal });
  }
}

function options(folder: string, sources: string, architectures: readonly string[]): string[] {
  const settings = [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=/dev/null',
    'Dir::Etc::preferences=/dev/null',
    'Dir::Etc::preferencesparts=/dev/null',
    `Dir::State=${folder}`,
    `Dir::State::Lists=${join(folder, 'lists')}`,
    'Dir::State::status=/dev/null',
    `Dir::Cache=${join(folder, 'cache')}`,
    'Dir::Cache::pkgcache=pkgcache.bin',
    'Dir::Cache::srcpkgcache=srcpkgcache.bin',
    'Acquire::Languages=none',
    'Acquire::Retries=3',
    'Acquire::http::Timeout=20',
    'Acquire::https::Timeout=20',
    'APT::Sandbox::User=root',
    'APT::Update::Error-Mode=any',
    `APT::Architecture=${architectures[0]}`,
    ...architectures.map((architecture) => `APT::Architectures::=${architecture}`),
  ];
  return settings.flatMap((setting) => ['-o', setting]);
}

async function runApt(
  session: Session,
  program: 'apt-get' | 'apt-cache',
  lists: PackageLists,
  args: readonly string[],
  cwd: string,
): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  const all = ['-q', ...lists.options, ...args];
  return await runCommand(program, all, { env, cwd, signal: session.signal, timeoutMs: 300_000 });
}
