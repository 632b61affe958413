import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createAuthority, type TlsIdentity } from './authority.ts';

/** Authorities and identities for one test file; making them is what takes time. */
export async function createTestPki() {
  const [clients, services, strangers] = await Promise.all(
    ['clients', 'services', 'strangers'].map(createAuthority),
  );
  if (!clients || !services || !strangers) throw new Error('no authorities');
  const [server, anna, stranger] = await Promise.all([
    services.issue({ name: 'server', purpose: 'server' }),
    clients.issue({ name: 'C=DE, O=Test, CN=anna', purpose: 'client' }),
    strangers.issue({ name: 'C=DE, O=Test, CN=anna', purpose: 'client' }),
  ]);
  return { clients, services, strangers, server, anna, stranger };
}

export type TestPki = Awaited<ReturnType<typeof createTestPki>>;

/** A file that goes with the test. */
export async function writeTestFile(name: string, content: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'signify-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

/** What SAP's rotator writes, with the keys that are not for the signer. */
export function secretText({ cert, key }: TlsIdentity): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const forRotator = { tokenURL: 'https://token.example.com', clientID: 'id', createdAt: 1 };
  return JSON.stringify({ ...forRotator, certData: base64(cert), privateKeyData: base64(key) });
}
