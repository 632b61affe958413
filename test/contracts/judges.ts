import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { X509Certificate } from '@peculiar/x509';
import { inject } from 'vitest';
import type { Identity } from '../fakes/signing/certificates.ts';
import type { TestRepository } from './test-repository.ts';

const bench = inject('workbench');

export interface Verdict {
  readonly accepted: boolean;
  readonly words: string;
}

/** The real notation with a configuration folder of its own: whom it trusts, and what it signs with. */
export interface Notation {
  /** Holds `trustpolicy.json` and `truststore`; there is nothing in it at first. */
  readonly directory: string;
  /** Writes a file into its folder and returns the path. */
  write(path: string, content: string | Uint8Array): string;
  verify(reference: string): Promise<Verdict>;
  run(...args: readonly string[]): Promise<Verdict>;
  addKey(name: string, identity: Identity, chain: readonly X509Certificate[]): void;
  dispose(): void;
}

export function openNotation(): Notation {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'image-builder-notation-')));
  const directory = join(home, 'notation');
  mkdirSync(directory);
  const keys: { name: string; keyPath: string; certPath: string }[] = [];
  const write = (path: string, content: string | Uint8Array) => {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  const caches = join(home, 'cache');
  const run = (...args: readonly string[]) =>
    judge(bench.notation, args, { XDG_CONFIG_HOME: home, XDG_CACHE_HOME: caches });
  return {
    directory,
    write,
    run,
    verify: (reference) => run('verify', '--verbose', reference),
    addKey: (name, { privateKey }, chain) => {
      const keyPath = write(`${name}.key`, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
      keys.push({ name, keyPath, certPath: write(`${name}.crt`, pemOf(chain)) });
      write('signingkeys.json', JSON.stringify({ default: name, keys }));
    },
    dispose: () => rmSync(home, { recursive: true, force: true }),
  };
}

export interface StrictTrust {
  readonly repository: TestRepository;
  readonly roots: readonly X509Certificate[];
  /** Asks for a timestamp of one of these. */
  readonly timestampRoots?: readonly X509Certificate[];
}

/** Has it verify strictly, each repository by its own policy. */
export function trustStrictly(notation: Notation, trusts: readonly StrictTrust[]): void {
  const store = (type: string, name: string, roots: readonly X509Certificate[]) => {
    notation.write(`truststore/x509/${type}/${name}/roots.pem`, pemOf(roots));
    return `${type}:${name}`;
  };
  const policies = trusts.map(({ repository, roots, timestampRoots }, at) => ({
    name: `policy-${at}`,
    registryScopes: [repository.name],
    signatureVerification: { level: 'strict' },
    trustStores: [
      store('ca', `store-${at}`, roots),
      ...(timestampRoots ? [store('tsa', `store-${at}`, timestampRoots)] : []),
    ],
    trustedIdentities: ['*'],
  }));
  notation.write('trustpolicy.json', JSON.stringify({ version: '1.0', trustPolicies: policies }));
}

export function pemOf(certificates: readonly X509Certificate[]): string {
  return certificates.map((certificate) => `${certificate.toString('pem')}\n`).join('');
}

/** The real oras; throws when it fails. */
export async function oras(...args: readonly string[]): Promise<string> {
  const { accepted, words } = await judge(bench.oras, args);
  if (!accepted) throw new Error(`oras ${args.join(' ')}: ${words}`);
  return words;
}

/** Asks one of the real tools. */
export function judge(
  program: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<Verdict> {
  const env = { ...process.env, ...bench.env, ...more };
  return new Promise((resolve) =>
    execFile(program, args, { env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ accepted: error === null, words: `${stdout}${stderr}` }),
    ),
  );
}
