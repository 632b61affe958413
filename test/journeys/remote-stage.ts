import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { BuildReport } from '../../src/report/index.ts';
import { type FakeAzureDevOps, startFakeAzureDevOps } from '../fakes/azure-devops/fake-azure-devops.ts';
import type { Switches } from '../fakes/azure-devops/switches.ts';
import { type FakeGitServer, startFakeGitServer } from '../fakes/git-server/fake-git-server.ts';
import { createGitRepository, type GitRepository } from '../fakes/git-server/git-repository.ts';
import { readFileCommand } from '../fakes/github-runner/read-file-command.ts';
import { type FakeIssuer, startFakeIssuer } from '../fakes/oidc-issuer/fake-issuer.ts';
import { type Claims, workflow } from '../fakes/oidc-issuer/github-claims.ts';
import { testAuthority } from '../fakes/oidc-issuer/open-trust.ts';
import { createKeys, openService, type RunningService, type SigningKeys } from './signing-stage.ts';
import { type Ended, keepSecret, program, registry, temporary, uniqueName } from './stage.ts';
import { holdsSecret } from './stored-content.ts';

const root = join(import.meta.dirname, '../..');
const actionFolder = join(root, '.github/actions/image-builder/dist');
const bench = inject('workbench');

/** Everything between a GitHub workflow and a registry, all but GitHub and Azure DevOps real. */
export interface RemoteStage {
  readonly folder: string;
  readonly azure: FakeAzureDevOps;
  readonly issuer: FakeIssuer;
  readonly git: FakeGitServer;
  readonly source: GitRepository;
  readonly keys: SigningKeys;
  readonly service: RunningService;
  /** Name of the image, and its repository in production and in development. */
  readonly name: string;
  readonly production: string;
  readonly development: string;
  /** Of whoever submits a build: how to log in, and whom to believe. */
  readonly clientEnvironment: Readonly<Record<string, string>>;
  /** Path of the configuration of both sides. */
  readonly config: string;
  close(): Promise<void>;
}

export interface RemoteStageOptions {
  readonly switches?: Partial<Switches>;
  /** More of the configuration. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly adoSettings?: Readonly<Record<string, unknown>>;
}

const token = 'planted-source-token';

/** Opens a stage that the caller closes. */
export async function openRemoteStage(options: RemoteStageOptions = {}): Promise<RemoteStage> {
  const folder = mkdtempSync(join(tmpdir(), 'image-builder-remote-'));
  const name = uniqueName('remote');
  const [production, development] = [`${registry}/prod/${name}`, `${registry}/dev/${name}`];
  const authority = await testAuthority();
  const issuer = await startFakeIssuer({ authority, clock: () => new Date() });
  const login = { username: 'x-access-token', token };
  const git = await startFakeGitServer({
    ...(await authority.issue({ name: 'git', purpose: 'server' })),
    login,
  });
  const keys = await createKeys(join(folder, 'keys'), [production]);
  const service = await openService(keys);
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  const config = join(folder, 'config.yaml');
  const agent = agentEnvironment({ folder, config });
  const azure = await startFakeAzureDevOps({
    pipeline: { file: join(root, 'azure-pipelines/oci-image-builder.yml') },
    pools: {
      'image-builder-identify': { env: agent },
      'image-builder-build': { env: { ...agent, ...defined(bench.env) } },
      'image-builder-publish': { env: { ...agent, DOCKER_CONFIG: bench.env.DOCKER_CONFIG ?? '' } },
    },
    variableGroups: {
      'image-builder-source': { SOURCE_TOKEN: { value: token, isSecret: true } },
      'image-builder-build': { GO_TOKEN: '', BUILD_REGISTRY_LOGIN: '' },
      'image-builder-publish': { PUBLISH_REGISTRY_LOGIN: '' },
    },
    entra: { federated: [{ issuer: issuer.url, jobWorkflowRef: workflow }], ca: authority.ca },
    switches: options.switches ?? {},
    times: { interrupt: 5_000 },
  });
  for (const secret of [token, issuer.requestToken]) keepSecret(secret);
  const settings = { ...configuration({ git, issuer, azure }, options), ...options.settings };
  const lines = Object.entries(settings).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`);
  writeFileSync(config, lines.join('') + readFileSync(join(keys.directory, 'sign-config.yaml'), 'utf8'));
  return {
    ...{ folder, azure, issuer, git, keys, service, name, production, development, config },
    source: createGitRepository(git.root, 'kyma-project/app'),
    clientEnvironment: {
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      AZURE_AUTHORITY_HOST: new URL(azure.url).origin,
      AZURE_TENANT_ID: 'tenant-of-the-emulator',
      AZURE_CLIENT_ID: 'client-of-the-emulator',
    },
    close: async () => {
      await Promise.all([azure.close(), issuer.close(), git.close(), service.end()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What is installed on an agent: the program, and the configuration of the trusted side. */
function agentEnvironment({ folder, config }: { folder: string; config: string }): Record<string, string> {
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  const file = join(programs, 'image-builder');
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(file, 0o755);
  return {
    PATH: `${programs}:${bench.env.PATH ?? ''}`,
    HOME: folder,
    TF_BUILD: 'True',
    TMPDIR: temporary,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    IMAGE_BUILDER_CONFIG: config,
  };
}

function defined(env: NodeJS.ProcessEnv): Record<string, string> {
  const { PATH: _, ...rest } = env;
  return Object.fromEntries(
    Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function configuration(
  { git, issuer, azure }: Pick<RemoteStage, 'git' | 'issuer' | 'azure'>,
  options: RemoteStageOptions,
) {
  return {
    registry: `${registry}/prod`,
    'dev-registry': `${registry}/dev`,
    'default-commit-tag': { name: 'default_tag', value: 'v{{ .ShortSHA }}', validation: '^v[0-9a-f]+$' },
    'default-pr-tag': { name: 'default_tag', value: 'PR-{{ .PRNumber }}', validation: '^PR-[0-9]+$' },
    'default-merge-group-tag': { name: 'default_tag', value: 'MG-{{ .ShortSHA }}', validation: '^MG-' },
    source: { hosts: [{ host: git.host, 'token-variable': 'SOURCE_TOKEN', ca: 'ca.pem' }] },
    identity: {
      issuers: [
        {
          name: 'fake',
          kind: 'github',
          issuer: issuer.url,
          'github-url': `https://${git.host}`,
          audience: { kind: 'bound' },
          'job-workflow-refs': [workflow],
        },
      ],
      'accepted-after-issue': '10m',
    },
    policy: {
      rules: [
        {
          name: 'production',
          when: {
            repositories: ['kyma-project/*'],
            events: ['push', 'schedule', 'workflow_dispatch'],
            refs: ['refs/heads/main'],
          },
          allow: { destinations: 'registry', signing: 'required' },
        },
        {
          name: 'development',
          when: { repositories: ['kyma-project/*'], events: ['pull_request_target', 'merge_group'] },
          allow: { destinations: 'dev-registry', signing: 'none' },
        },
      ],
    },
    'ado-config': {
      'ado-organization-url': azure.url,
      'ado-project-name': azure.project,
      'ado-pipeline-id': azure.pipelineId,
      ...options.adoSettings,
    },
  };
}

/** What GitHub tells a job: the event with its payload, and what its token says of it. */
export interface GithubEvent {
  readonly event: string;
  readonly payload: object;
  readonly sha: string;
  readonly ref: string;
  /** More claims of the token. */
  readonly claims?: Claims;
}

export interface ActionStep extends Ended {
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly report: BuildReport | undefined;
}

export interface RunningStep {
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves when the log holds this text. */
  saying(text: string): Promise<void>;
  readonly ended: Promise<ActionStep>;
}

/** Starts the committed bundle of the action as GitHub's runner does, its main step or its post step. */
export function startAction(
  stage: RemoteStage,
  event: GithubEvent,
  inputs: Readonly<Record<string, string>> = {},
  post?: Readonly<Record<string, string>>,
): RunningStep {
  const folder = mkdtempSync(join(stage.folder, 'step-'));
  const file = (word: string, content = '') => {
    writeFileSync(join(folder, word), content);
    return join(folder, word);
  };
  const files = {
    GITHUB_OUTPUT: file('output'),
    GITHUB_STATE: file('state'),
    GITHUB_STEP_SUMMARY: file('summary'),
    GITHUB_EVENT_PATH: file('event.json', JSON.stringify(event.payload)),
  };
  stage.issuer.jobClaims = { event_name: event.event, sha: event.sha, ref: event.ref, ...event.claims };
  const given = { 'image-name': stage.name, platforms: 'linux/amd64', config: stage.config, ...inputs };
  const child = spawn(process.execPath, [join(actionFolder, post === undefined ? 'main.js' : 'post.js')], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      ...{ CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: event.event, GITHUB_SHA: event.sha },
      ...{ GITHUB_REF: event.ref, GITHUB_REPOSITORY: 'kyma-project/app', GITHUB_RUN_ID: '777' },
      GITHUB_SERVER_URL: `https://${stage.git.host}`,
      ACTIONS_ID_TOKEN_REQUEST_URL: stage.issuer.requestUrl,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: stage.issuer.requestToken,
      ...files,
      ...stage.clientEnvironment,
      ...Object.fromEntries(
        Object.entries(given).map(([key, value]) => [`INPUT_${key.toUpperCase()}`, value]),
      ),
      ...Object.fromEntries(Object.entries(post ?? {}).map(([key, value]) => [`STATE_${key}`, value])),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  const waiting = new Map<string, () => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const [text, resolve] of waiting) if (stdout.includes(text)) resolve();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const read = (path: string) => Object.fromEntries(readFileCommand(readFileSync(path, 'utf8')));
  const ended = new Promise<ActionStep>((resolve, reject) =>
    child.on('close', (code) => {
      const summary = readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8');
      const outputs = read(files.GITHUB_OUTPUT);
      const everything = [stdout, stderr, summary, JSON.stringify(outputs)].join('\n');
      if ([token, stage.issuer.requestToken].some((secret) => holdsSecret(everything, secret)))
        return reject(new Error('the action printed a secret'));
      const json = outputs['build-report'];
      const report = json === undefined ? undefined : (JSON.parse(json) as BuildReport);
      resolve({
        exitCode: code ?? -1,
        stdout,
        stderr,
        outputs,
        state: read(files.GITHUB_STATE),
        summary,
        report,
      });
    }),
  );
  const saying = (text: string) =>
    new Promise<void>((resolve, reject) => {
      if (stdout.includes(text)) resolve();
      waiting.set(text, resolve);
      ended.then(() => reject(new Error(`ended without saying "${text}":\n${stdout}${stderr}`)));
    });
  return { ended, saying, kill: (signal) => child.kill(signal) };
}

/** A push to the main branch. */
export function pushOf(sha: string, ref = 'refs/heads/main'): GithubEvent {
  const [before, owner] = ['0'.repeat(40), { login: 'kyma-project' }];
  const repository = { name: 'app', full_name: 'kyma-project/app', owner };
  const payload = {
    ref,
    before,
    after: sha,
    deleted: false,
    created: false,
    forced: false,
    head_commit: { id: sha },
    repository,
  };
  return { event: 'push', payload, sha, ref };
}
