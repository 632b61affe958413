import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nativeArchitecture } from './debian.ts';
import { isExecutable } from './find-on-path.ts';
import type { Places } from './places.ts';
import { tryCommand } from './run-command.ts';
import { WorkbenchError } from './workbench-error.ts';

/** Makes the bridge an engine joins its RUN steps to: one per engine, so that several run side by side. */
export async function makeBridge(places: Places): Promise<void> {
  if (existsSync(join('/sys/class/net', places.label))) return;
  const { code, stderr } = await tryCommand(busyboxOf(places), ['brctl', 'addbr', places.label]);
  if (code === 0) return;
  throw new WorkbenchError(
    `cannot make the network bridge "${places.label}" for RUN steps: ${stderr.trim()}; ` +
      'a container needs the right to (docker run --privileged), a kernel the module "bridge"',
  );
}

/** Removes the bridge and the ends of cables a killed engine left on it. */
export async function removeBridge(places: Places): Promise<void> {
  const folder = join('/sys/class/net', places.label);
  if (!existsSync(folder)) return;
  const ports = existsSync(join(folder, 'brif')) ? readdirSync(join(folder, 'brif')) : [];
  const busybox = findBusybox(places, nativeArchitecture);
  const [program = 'ip', ...first] = busybox === undefined ? ['ip'] : [busybox, 'ip'];
  for (const name of [...ports, places.label]) await tryCommand(program, [...first, 'link', 'del', name]);
}

/** busybox speaks for iproute2 and bridge-utils, which a small Debian does not have. */
export function busyboxOf(places: Places, architecture: string = nativeArchitecture): string {
  const busybox = findBusybox(places, architecture);
  if (busybox === undefined)
    throw new WorkbenchError(`no busybox in ${places.tools}: run "purge", then "up"`);
  return busybox;
}

function findBusybox(places: Places, architecture: string): string | undefined {
  const folder = join(places.tools, 'userland', architecture);
  return ['bin/busybox', 'usr/bin/busybox'].map((file) => join(folder, file)).find(isExecutable);
}
