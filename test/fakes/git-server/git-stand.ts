import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FetchLimits } from '../../../src/ci/fetch-session.ts';
import type { SourcePlace } from '../../../src/ci/fetch-source.ts';
import type { SourceRequest } from '../../../src/ci/source-request.ts';
import { Secret } from '../../../src/core/index.ts';
import { openHttpClient } from '../../../src/http/http-client.ts';
import { createAuthority, type TlsIdentity } from '../signify/authority.ts';
import { type FakeGitServer, type GitServerOptions, startFakeGitServer } from './fake-git-server.ts';
import { createGitRepository, type GitRepository } from './git-repository.ts';

/** Made once; making it is what takes time. */
let identity: Promise<TlsIdentity & { readonly ca: string }> | undefined;

async function createIdentity(): Promise<TlsIdentity & { readonly ca: string }> {
  const { ca, issue } = await createAuthority('git');
  return { ...(await issue({ name: 'localhost', purpose: 'server' })), ca };
}

/** A token that nothing but requests may hold. */
export const plantedToken = 'planted-TOKEN-0d9f3c';

export interface GitStand {
  readonly server: FakeGitServer;
  /** `team/app` on the server. */
  readonly repository: GitRepository;
  /** An empty folder; what is fetched goes into `source` in it. */
  readonly folder: string;
  /** What progress was told. */
  readonly told: readonly string[];
  request(commitSha: string, more?: Partial<SourceRequest>): SourceRequest;
  place(limits?: Partial<FetchLimits>, more?: Partial<SourcePlace>): SourcePlace;
}

/** A git server with one repository, and what is needed to fetch from it; gone after the test. */
export async function openGitStand(options: Partial<GitServerOptions> = {}): Promise<GitStand> {
  identity ??= createIdentity();
  const { ca, cert, key } = await identity;
  const login = { username: 'x-access-token', token: plantedToken };
  const server = await startFakeGitServer({ cert, key, login, ...options });
  onTestFinished(server.close);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'git-stand-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'ca.pem');
  writeFileSync(path, ca);
  const told: string[] = [];
  return {
    server,
    repository: createGitRepository(server.root, 'team/app'),
    folder,
    told,
    request: (commitSha, more) => ({
      event: 'push',
      host: server.host,
      owner: 'team',
      name: 'app',
      commitSha,
      ...more,
    }),
    place: (limits, more) => ({
      folder: join(folder, 'source'),
      servers: [
        {
          host: server.host,
          username: 'x-access-token',
          token: new Secret(plantedToken),
          ca: { path, pem: ca },
        },
      ],
      submodules: false,
      limits: { seconds: 60, stallSeconds: 30, megabytes: 64, files: 1000, ...limits },
      environment: { PATH: process.env.PATH },
      openHttp: (pem) =>
        openHttpClient({
          clock: () => new Date(0),
          random: () => 0.5,
          userAgent: 'image-builder/test',
          sleep: async () => undefined,
          policy: { attempts: 2 },
          tls: { ca: pem },
        }),
      emit: (event) => void (event.kind === 'notice' && told.push(event.message)),
      ...more,
    }),
  };
}
