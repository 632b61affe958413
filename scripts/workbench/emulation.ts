import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foreignArchitecture } from './debian.ts';
import { isExecutable } from './find-on-path.ts';
import type { Places } from './places.ts';
import { tryCommand } from './run-command.ts';

const folder = '/proc/sys/fs/binfmt_misc';
const ourName = 'image-builder-emulator';

/** Outlives every instance: whoever leaves last has to know who mounted binfmt_misc. */
const mountedByUs = '/run/image-builder-binfmt-mounted';

/** ELF header of the foreign architecture's programs: 64 bits, little endian, e_machine at offset 18. */
const machineCode = foreignArchitecture === 'arm64' ? 'b700' : '3e00';
const magic = `7f454c460201010000000000000000000200${machineCode}`;
const mask = 'ffffffffffffff00fffffffffffffffffeffffff';

/**
 * Sees to it that programs of the other architecture run, in containers too; false where that is not possible.
 * An entry without flag P breaks `sh` of busybox; the kernel asks the newest entry first, so ours goes before it.
 */
export async function ensureEmulation(places: Places): Promise<boolean> {
  if (isRegistered('FP')) return true;
  const emulator = emulatorOf(places);
  if (emulator === undefined || process.getuid?.() !== 0) return isRegistered();
  if (!existsSync(join(folder, 'register')) && !(await mountFolder())) return false;
  if (isRegistered('FP')) return true;
  try {
    // F opens the emulator now, so that it needs not exist in a container; P keeps argv[0], which busybox reads.
    writeFileSync(
      join(folder, 'register'),
      `:${ourName}:M::${escaped(magic)}:${escaped(mask)}:${emulator}:PF`,
    );
  } catch {
    // The machine does not allow it: what is registered, if anything, has to do.
  }
  return isRegistered();
}

/** Takes back what ensureEmulation did; a registration that was there before stays. */
export async function removeEmulation(): Promise<void> {
  if (existsSync(join(folder, ourName))) writeFileSync(join(folder, ourName), '-1');
  if (!existsSync(mountedByUs)) return;
  await tryCommand('umount', [folder]);
  rmSync(mountedByUs, { force: true });
}

/** Whether an enabled entry with these flags takes programs of the foreign architecture. */
export function isRegistered(flags = 'F'): boolean {
  if (!existsSync(join(folder, 'register'))) return false;
  const entries = readdirSync(folder).filter((name) => name !== 'register' && name !== 'status');
  return entries.some((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const given = /^flags: (.*)$/m.exec(text)?.[1] ?? '';
    const allGiven = [...flags].every((flag) => given.includes(flag));
    return text.startsWith('enabled') && allGiven && text.includes(`magic ${magic}`);
  });
}

async function mountFolder(): Promise<boolean> {
  const { code } = await tryCommand('mount', ['-t', 'binfmt_misc', 'binfmt_misc', folder]);
  if (code === 0) writeFileSync(mountedByUs, '');
  return code === 0;
}

function emulatorOf(places: Places): string | undefined {
  const machine = foreignArchitecture === 'arm64' ? 'aarch64' : 'x86_64';
  const names = [`qemu-${machine}-static`, `qemu-${machine}`];
  return names.map((name) => join(places.tools, 'usr/bin', name)).find(isExecutable);
}

function escaped(hex: string): string {
  return hex.replace(/../g, '\\x$&');
}
