import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { inject, onTestFinished } from 'vitest';
import type { Descriptor, Digest } from '../../src/oci/index.ts';
import { judge, type Verdict } from '../contracts/judges.ts';
import { fallbackTag, type TestRepository } from '../contracts/test-repository.ts';
import type { TlsIdentity } from '../fakes/signify/authority.ts';
import { type Posted, type PostOptions, post } from '../fakes/signify/post.ts';
import {
  type Ended,
  imageBuilder,
  keepSecret,
  type Running,
  start,
  temporaryFolder,
  uniqueName,
} from './stage.ts';

const bench = inject('workbench');

/** What `keys create` made: keys, trust and the configuration of both sides. */
export interface SigningKeys {
  /** Everything is in it; a notation whose XDG_CONFIG_HOME it is trusts these keys. */
  readonly directory: string;
  /** What the service is asked at. */
  readonly endpoint: URL;
  /** Authority of the service, PEM. */
  readonly serviceCa: string;
  /** The client that the service knows. */
  readonly client: TlsIdentity;
}

/** Makes keys that may sign in these repositories, and are trusted there; gone after the test. */
export function signingKeys(repositories: readonly string[], ...args: readonly string[]) {
  return createKeys(join(temporaryFolder(), 'keys'), repositories, ...args);
}

/** Makes them in a directory that the caller removes. */
export async function createKeys(
  directory: string,
  repositories: readonly string[],
  ...args: readonly string[]
): Promise<SigningKeys> {
  const port = await freePort();
  const scopes = repositories.flatMap((repository) => ['--repository', repository]);
  const made = await imageBuilder(['keys', 'create', directory, '--port', `${port}`, ...scopes, ...args], {
    cwd: bench.temporary,
  });
  if (made.exitCode !== 0) throw new Error(`keys create: exit ${made.exitCode}\n${made.stderr}`);
  for (const key of ['signing/key.pem', 'service/key.pem'])
    keepSecret(readFileSync(join(directory, key), 'utf8').split('\n')[1] ?? '');
  const secret = JSON.parse(readFileSync(join(directory, 'client/signify-secret.json'), 'utf8'));
  keepSecret(secret.privateKeyData.slice(60, 120));
  const decoded = (text: string) => Buffer.from(text, 'base64').toString();
  return {
    directory,
    endpoint: new URL(`https://localhost:${port}/sign`),
    serviceCa: readFileSync(join(directory, 'client/service-ca.pem'), 'utf8'),
    client: { cert: decoded(secret.certData), key: decoded(secret.privateKeyData) },
  };
}

/** A signing service that listens. */
export interface RunningService {
  readonly running: Running;
  /** One request with the certificate of the client that it knows, unless the options say otherwise. */
  post(options: Partial<PostOptions>): Promise<Posted>;
  /** Asks it to end, and waits until it has. */
  end(signal?: NodeJS.Signals): Promise<Ended>;
}

/** Starts the service and waits until it listens; ended after the test at the latest. */
export async function startService(keys: SigningKeys, settings = ''): Promise<RunningService> {
  const service = await openService(keys, settings);
  onTestFinished(() => void service.end('SIGKILL'));
  return service;
}

/** Starts a service that the caller ends; `settings` are more lines of its configuration. */
export async function openService(
  { directory, endpoint: url, serviceCa: ca, client: identity }: SigningKeys,
  settings = '',
): Promise<RunningService> {
  const made = readFileSync(join(directory, 'signing-service.yaml'), 'utf8');
  const config = join(directory, `${uniqueName('service')}.yaml`);
  writeFileSync(config, `${made}${settings}`);
  const running = start(['signing-service', '--config', config], { cwd: directory });
  await running.saying('until Ctrl-C');
  return {
    running,
    post: (options) => post({ url, ca, identity, ...options }),
    end: (signal = 'SIGTERM') => {
      running.child.kill(signal);
      return running.ended;
    },
  };
}

/** A configuration with these lines, and then signers and trust as `keys create` wrote them; returns its path. */
export function signedConfig(keys: SigningKeys, lines = ''): string {
  return configFile(keys, `${lines}${readFileSync(join(keys.directory, 'sign-config.yaml'), 'utf8')}`);
}

/** The same, with trust in the keys for every repository; returns its path. */
export function widelyTrustedConfig(keys: SigningKeys, lines = ''): string {
  const made = join(keys.directory, 'notation');
  const directory = join(keys.directory, uniqueName('everywhere'));
  cpSync(made, directory, { recursive: true });
  const file = join(directory, 'trustpolicy.json');
  const document = JSON.parse(readFileSync(file, 'utf8'));
  for (const policy of document.trustPolicies) policy.registryScopes = ['*'];
  writeFileSync(file, JSON.stringify(document));
  const text = readFileSync(join(keys.directory, 'sign-config.yaml'), 'utf8');
  return configFile(keys, `${lines}${text.replace(made, directory)}`);
}

/** A configuration beside the keys; returns its path. */
export function configFile({ directory }: SigningKeys, text: string): string {
  const file = join(directory, `${uniqueName('config')}.yaml`);
  writeFileSync(file, text);
  return file;
}

/** Asks the real notation, which trusts these keys. */
export function notation({ directory }: SigningKeys, ...args: readonly string[]): Promise<Verdict> {
  return judge(bench.notation, args, { XDG_CONFIG_HOME: directory, XDG_CACHE_HOME: bench.temporary });
}

/** Asks the real cosign. */
export function cosign(...args: readonly string[]): Promise<Verdict> {
  return judge(bench.cosign, args, { COSIGN_PASSWORD: '' });
}

/** What the index under the fallback tag names, which is where this registry keeps signatures. */
export async function signaturesOf(
  { repository }: TestRepository,
  subject: Descriptor,
): Promise<readonly Digest[]> {
  const { registry, path } = repository;
  const response = await fetch(`http://${registry}/v2/${path}/manifests/${fallbackTag(subject)}`, {
    headers: { accept: 'application/vnd.oci.image.index.v1+json' },
  });
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  const { manifests } = (await response.json()) as { manifests: { digest: Digest }[] };
  return manifests.map(({ digest }) => digest);
}

/** A registry that keeps requests waiting until it is told to go on. */
export interface HeldRegistry {
  /** `localhost:PORT`. */
  readonly address: string;
  /** Resolves when so many requests wait. */
  waiting(requests: number): Promise<void>;
  release(): void;
}

/** Stands before a registry and keeps back requests that hold this text; ends with the test. */
export async function heldRegistry(upstream: string, text: string): Promise<HeldRegistry> {
  const gate = Promise.withResolvers<void>();
  const [sockets, watchers] = [new Set<Socket>(), new Set<() => void>()];
  let held = 0;
  async function* holdBack(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      if (chunk.includes(text)) {
        held++;
        for (const watch of watchers) watch();
        await gate.promise;
      }
      yield chunk;
    }
  }
  const server = createServer((socket) => {
    const onward = connect(Number(upstream.split(':').at(-1)), '127.0.0.1');
    for (const each of [socket, onward]) sockets.add(each);
    pipeline(socket, holdBack, onward, () => undefined);
    pipeline(onward, socket, () => undefined);
  });
  const port = await listenOnLoopback(server, 0);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    address: `localhost:${port}`,
    waiting: (requests) =>
      new Promise((resolve) => {
        const watch = () => held >= requests && resolve();
        watchers.add(watch);
        watch();
      }),
    release: gate.resolve,
  };
}

/** Below those that the system gives to outgoing connections, so that nobody takes it in the meantime. */
async function freePort(): Promise<number> {
  const server = createServer();
  try {
    const port = await listenOnLoopback(server, 20_000 + Math.floor(Math.random() * 10_000));
    await new Promise((resolve) => server.close(resolve));
    return port;
  } catch {
    return freePort();
  }
}

function listenOnLoopback(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
    });
  });
}
