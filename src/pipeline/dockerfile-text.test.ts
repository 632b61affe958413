import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { dockerfileText } from './dockerfile-text.ts';

function checkout() {
  const folder = mkdtempSync(join(tmpdir(), 'dockerfile-text-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
  symlinkSync('Dockerfile', join(folder, 'inside'));
  symlinkSync('/etc/hostname', join(folder, 'outside'));
  writeFileSync(join(folder, 'huge'), Buffer.alloc(1024 * 1024 + 1, ' '));
  return folder;
}

test.each(['Dockerfile', './Dockerfile', 'inside'])('"%s" is read from a checkout', async (path) => {
  expect(await dockerfileText(checkout(), path)).toBe('FROM scratch\n');
});

test.each(['gone', 'outside', '../../etc/hostname', 'huge', '.'])('"%s" is not', async (path) => {
  expect(await dockerfileText(checkout(), path)).toBeUndefined();
});

test('without a checkout nothing is read', async () => {
  expect(await dockerfileText('', '/etc/hostname')).toBeUndefined();
});
