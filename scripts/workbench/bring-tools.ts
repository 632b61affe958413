import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { PackageLists } from './apt.ts';
import { downloadPackages, fetchLists, hasPackage, unpack } from './apt.ts';
import { sourceForSuite } from './apt-sources.ts';
import type { DebianMachine } from './debian.ts';
import { foreignArchitecture, nativeArchitecture } from './debian.ts';
import type { Places } from './places.ts';
import type { Session } from './session.ts';

/** The suite with an engine, a registry and all four judges whose programs run on Debian 12 (glibc 2.34). */
export const toolSuite = 'forky';

const enginePackages = ['docker.io', 'docker-cli', 'docker-buildx', 'containerd'];
const registryPackages = ['docker-registry'];
const judgePackages = ['crane', 'notation', 'cosign', 'oras'];

/** What has been unpacked into the tools folder. */
export interface BroughtTools {
  readonly engine: boolean;
  /** File names of the packages, with their versions. */
  readonly packages: readonly string[];
}

export async function readBroughtTools(places: Places): Promise<BroughtTools | undefined> {
  const text = await readFile(markerOf(places), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as BroughtTools);
}

/** Sees to it that the tools are there, the engine's programs only on request; the marker is written last. */
export async function bringTools(
  session: Session,
  machine: DebianMachine,
  wanted: { readonly engine: boolean },
): Promise<BroughtTools> {
  const { places, progress } = session;
  const present = await readBroughtTools(places);
  if (present && (present.engine || !wanted.engine)) return present;
  await rm(places.tools, { recursive: true, force: true });
  progress(`bringing ${wanted.engine ? 'an engine, ' : ''}a registry and judges from Debian's packages`);
  const brought = await allOrNone(session, (each) => [
    bringPrograms(each, machine, wanted.engine),
    bringUserland(each, machine, wanted.engine),
  ]);
  await rm(places.apt, { recursive: true, force: true });
  const tools: BroughtTools = { engine: wanted.engine, packages: brought.flat().map((deb) => basename(deb)) };
  await writeFile(markerOf(places), JSON.stringify(tools));
  progress('tools ready');
  return tools;
}

/** Does things side by side; the failure of one ends the others before it is thrown. */
async function allOrNone<T>(session: Session, work: (session: Session) => Promise<T>[]): Promise<T[]> {
  const failure = new AbortController();
  const signal = AbortSignal.any([session.signal, failure.signal]);
  const all = work({ ...session, signal });
  try {
    return await Promise.all(all);
  } catch (error) {
    failure.abort(error);
    await Promise.allSettled(all);
    throw error;
  }
}

/** The engine, the registry and the judges: Go programs of a newer suite. */
async function bringPrograms(session: Session, machine: DebianMachine, engine: boolean): Promise<string[]> {
  const sources = sourceForSuite(machine.source, toolSuite);
  const lists = await fetchLists(session, { name: 'programs', sources, architectures: [nativeArchitecture] });
  const groups = [[...(engine ? enginePackages : []), ...registryPackages], judgePackages];
  const debs = await Promise.all(groups.map((group) => bringGroup(session, lists, group)));
  return debs.flat();
}

async function bringGroup(
  session: Session,
  lists: PackageLists,
  group: readonly string[],
): Promise<string[]> {
  const debs = await downloadPackages(session, lists, group);
  await Promise.all(debs.map((deb) => unpack(session, deb, session.places.tools)));
  return debs;
}

/** What must fit this machine (runc, the emulator) or goes into images (busybox), from its own release. */
async function bringUserland(session: Session, machine: DebianMachine, engine: boolean): Promise<string[]> {
  const { tools } = session.places;
  const lists = await fetchLists(session, {
    name: 'userland',
    sources: sourceForSuite(machine.source, machine.codename),
    architectures: [nativeArchitecture, foreignArchitecture],
  });
  const emulators = await emulatorPackage(session, lists);
  const shells = [`busybox-static:${nativeArchitecture}`, `busybox-static:${foreignArchitecture}`];
  const [small, large] = await Promise.all([
    downloadPackages(session, lists, engine ? [...shells, 'runc'] : shells),
    downloadPackages(session, lists, [emulators.name]),
  ]);
  await Promise.all([
    ...small.map((deb) => unpack(session, deb, userlandFolder(tools, deb))),
    ...large.map((deb) => unpack(session, deb, tools, emulators.file)),
  ]);
  return [...small, ...large];
}

/** Static emulators are in qemu-user-static up to Debian 12 and in qemu-user from Debian 13 on. */
async function emulatorPackage(session: Session, lists: PackageLists) {
  const machine = foreignArchitecture === 'arm64' ? 'aarch64' : 'x86_64';
  const old = await hasPackage(session, lists, 'qemu-user-static');
  return old
    ? { name: 'qemu-user-static', file: `./usr/bin/qemu-${machine}-static` }
    : { name: 'qemu-user', file: `./usr/bin/qemu-${machine}` };
}

function userlandFolder(tools: string, deb: string): string {
  const match = /^busybox-static_.*_(amd64|arm64)\.deb$/.exec(basename(deb));
  return match?.[1] === undefined ? tools : join(tools, 'userland', match[1]);
}

function markerOf(places: Places): string {
  return join(places.tools, 'brought.json');
}
