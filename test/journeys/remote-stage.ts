import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { startFakeAzureDevOps } from '../fakes/azure-devops/fake-azure-devops.ts';
import type { Run } from '../fakes/azure-devops/runs/run.ts';
import type { Switches } from '../fakes/azure-devops/switches.ts';
import { type GitFault, startFakeGitServer } from '../fakes/git-server/fake-git-server.ts';
import { createGitRepository, type GitRepository } from '../fakes/git-server/git-repository.ts';
import { startFakeIssuer } from '../fakes/oidc-issuer/fake-issuer.ts';
import { workflow } from '../fakes/oidc-issuer/github-claims.ts';
import { testAuthority } from '../fakes/oidc-issuer/open-trust.ts';
import { createSigningKey } from '../fakes/oidc-issuer/signing-key.ts';
import { type AgentFiles, agentPools } from './remote-agent.ts';
import { type RemoteConfiguration, remoteConfiguration, type Servers } from './remote-configuration.ts';
import { createKeys, openService, type RunningService, type SigningKeys } from './signing-stage.ts';
import { busybox, crane, keepSecret, registry, uniqueName } from './stage.ts';

/** The pipeline that the service has. */
export const pipelineFile = join(import.meta.dirname, '../../azure-pipelines/oci-image-builder.yml');

/** Everything between a GitHub workflow and a registry, all but GitHub and Azure DevOps real. */
export interface RemoteStage extends Servers {
  readonly folder: string;
  readonly source: GitRepository;
  readonly keys: SigningKeys;
  readonly service: RunningService;
  /** Name of the image, and its repository in production and in development. */
  readonly name: string;
  readonly production: string;
  readonly development: string;
  /** Of whoever submits a build from a GitHub workflow: how to log in, and whom to believe. */
  readonly clientEnvironment: Readonly<Record<string, string>>;
  /** Path of the configuration of both sides. */
  readonly config: string;
  /** Path of one for a client, with other things in it. */
  clientConfig(changes: (made: RemoteConfiguration) => object): string;
  /** What goes wrong with the next requests to the git server; undefined for nothing. */
  gitFault: GitFault | undefined;
  close(): Promise<void>;
}

/** What the stage knows and nobody may tell. */
export const planted = {
  sourceToken: 'planted-source-token',
  clientSecret: 'planted-client-secret',
  personalToken: 'planted-personal-access-token',
} as const;

export interface RemoteStageOptions {
  /** More of the configuration of both sides; with signers of its own the service is none of them. */
  readonly settings?: object;
  /** More of what agents have that build. */
  readonly buildEnvironment?: Readonly<Record<string, string>>;
  /** What nobody has seen of the real service, in these positions. */
  readonly switches?: Partial<Switches>;
  /** Of a page of a log. */
  readonly pageBytes?: number;
}

/** Opens a stage that the caller closes. */
export async function openRemoteStage(options: RemoteStageOptions = {}): Promise<RemoteStage> {
  const { settings, buildEnvironment } = options;
  const folder = mkdtempSync(join(tmpdir(), 'image-builder-remote-'));
  const name = uniqueName('remote');
  const [production, development] = [`${registry}/prod/${name}`, `${registry}/dev/${name}`];
  const config = join(folder, 'config.yaml');
  let gitFault: GitFault | undefined;
  const servers = await openServers({ folder, config, buildEnvironment, gitFault: () => gitFault }, options);
  const keys = await createKeys(join(folder, 'keys'), [production]);
  const service = await openService(keys);
  for (const secret of [...Object.values(planted), servers.issuer.requestToken]) keepSecret(secret);
  const made = { ...remoteConfiguration(servers), ...settings };
  const write = (file: string, settings: object) => {
    const lines = Object.entries(settings).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
    const signers =
      'sign-config' in settings ? '' : readFileSync(join(keys.directory, 'sign-config.yaml'), 'utf8');
    writeFileSync(file, lines.join('') + signers);
    return file;
  };
  write(config, made);
  const { azure, issuer, deployedIssuer, jenkinsIssuer, git } = servers;
  return {
    ...{ ...servers, folder, keys, service, name, production, development, config },
    source: createGitRepository(git.root, 'kyma-project/app'),
    clientEnvironment: {
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      AZURE_AUTHORITY_HOST: new URL(azure.url).origin,
      AZURE_TENANT_ID: azure.tenant,
      AZURE_CLIENT_ID: azure.clientId,
    },
    clientConfig: (changes) =>
      write(join(folder, `${uniqueName('config')}.yaml`), { ...made, ...changes(made) }),
    get gitFault() {
      return gitFault;
    },
    set gitFault(fault) {
      gitFault = fault;
    },
    async close() {
      const open = [azure, issuer, deployedIssuer, jenkinsIssuer, git];
      await Promise.all([...open.map((server) => server.close()), service.end()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface ServerFiles extends AgentFiles {
  readonly gitFault: () => GitFault | undefined;
}

async function openServers(
  { gitFault, ...files }: ServerFiles,
  options: RemoteStageOptions,
): Promise<Servers> {
  const authority = await testAuthority();
  const issuing = { authority, clock: () => new Date(), key: createSigningKey('key-1') };
  const [issuer, deployedIssuer, jenkinsIssuer, identity] = await Promise.all([
    startFakeIssuer(issuing),
    startFakeIssuer(issuing),
    startFakeIssuer(issuing),
    authority.issue({ name: 'git', purpose: 'server' }),
  ]);
  const login = { username: 'x-access-token', token: planted.sourceToken };
  const git = await startFakeGitServer({ ...identity, login, fault: gitFault });
  writeFileSync(join(files.folder, 'ca.pem'), authority.ca);
  const azure = await startFakeAzureDevOps({
    pipeline: { file: pipelineFile },
    pools: agentPools(files),
    variableGroups: {
      'image-builder-source': { SOURCE_TOKEN: { value: planted.sourceToken, isSecret: true } },
      'image-builder-build': { GO_TOKEN: '', BUILD_REGISTRY_LOGIN: '' },
      'image-builder-publish': { PUBLISH_REGISTRY_LOGIN: '' },
    },
    personalAccessTokens: [planted.personalToken],
    entra: {
      federated: [issuer, deployedIssuer].map(({ url }) => ({ issuer: url, jobWorkflowRef: workflow })),
      clientSecret: planted.clientSecret,
      ca: authority.ca,
    },
    times: { interrupt: 5_000 },
    ...options,
  });
  return { git, azure, issuer, deployedIssuer, jenkinsIssuer };
}

/** A commit with a small image in it; returns its id. */
export function commitImage({ source }: RemoteStage, content: string, branch = 'main'): string {
  const dockerfile = `FROM ${busybox}\nCOPY content /\n`;
  return source.commit({ Dockerfile: dockerfile, content }, { branch });
}

/** The tags of an image, without those that hold signatures. */
export async function tagsOf(repository: string): Promise<readonly string[]> {
  const tags = await crane('ls', repository).catch(() => '');
  return tags.split('\n').filter((tag) => tag !== '' && !tag.startsWith('sha256-'));
}

/** The run that a step follows, by what it has saved for its post step. */
export function runOf({ azure }: RemoteStage, state: Readonly<Record<string, string>>): Run {
  const run = azure.runs.get(Number(state.run));
  if (run === undefined) throw new Error('the step has started no run');
  return run;
}

/** Resolves when the program of this stage runs. */
export function stageRunning(run: Run, name: string): Promise<void> {
  const step = () => run.timeline.records.find(({ refName, type }) => type === 'Task' && refName === name);
  return vi.waitFor(() => expect(step()?.state).toBe('inProgress'), { timeout: 60_000, interval: 20 });
}
