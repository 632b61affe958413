import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalRequest, type RemoteRequest, requestAudience } from '../../src/identity/index.ts';
import { digestOf } from '../../src/oci/index.ts';
import type { BuildReport } from '../../src/report/index.ts';
import { type FakeGitServer, startFakeGitServer } from '../fakes/git-server/fake-git-server.ts';
import { createGitRepository, type GitRepository } from '../fakes/git-server/git-repository.ts';
import { type FakeIssuer, startFakeIssuer } from '../fakes/oidc-issuer/fake-issuer.ts';
import { workflow } from '../fakes/oidc-issuer/github-claims.ts';
import { testAuthority } from '../fakes/oidc-issuer/open-trust.ts';
import { plainRequest } from '../fakes/requests/plain-request.ts';
import { createKeys, type SigningKeys } from './signing-stage.ts';
import { type Ended, imageBuilder, keepSecret, registry, uniqueName } from './stage.ts';

/** A document that a stage has written, and the digest that it printed. */
export interface Handed {
  readonly path: string;
  readonly digest: string;
}

export interface StageRun extends Ended, Handed {}

/** How a request differs from that of a push to main. */
export interface RequestChanges {
  readonly source?: object;
  readonly build?: object;
}

/** Whoever asks, and the stages that build for them, each with files of its own. */
export interface TrustedStage {
  readonly folder: string;
  readonly issuer: FakeIssuer;
  readonly git: FakeGitServer;
  readonly source: GitRepository;
  /** Only the stage that publishes has all of them. */
  readonly keys: SigningKeys;
  /** Name of the image. */
  readonly name: string;
  /** Tokens that callers were given. */
  readonly tokens: readonly string[];
  requestFor(commitSha: string, changes?: RequestChanges): RemoteRequest;
  /** Runs a stage that writes a document. */
  stage(word: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<StageRun>;
  /** Asks with the token that a job would get for it. */
  identify(
    request: RemoteRequest,
    options?: {
      readonly claims?: Readonly<Record<string, unknown>>;
      readonly env?: Readonly<Record<string, string>>;
    },
  ): Promise<StageRun>;
  /** What the only node builds, on an agent that has certificates and no key. */
  build(identified: Handed, env?: Readonly<Record<string, string>>): Promise<StageRun>;
  publish(identified: Handed, built: Handed): Promise<StageRun>;
  /** What the stage that built could have written itself. */
  rewritten(handed: Handed, change: (content: StageContent) => object): Handed;
  /** Another configuration of the stages; returns its path. */
  configWith(changes: object): string;
  close(): Promise<void>;
}

export interface StageContent {
  readonly report: BuildReport;
  readonly reuse?: Readonly<Record<string, unknown>>;
}

/** Of the git server. */
export const sourceLogin = { username: 'x-access-token', token: 'planted-source-token' };

export interface TrustedStageOptions {
  /** More of the configuration of all stages. */
  readonly settings?: object;
  /** Further repositories that the keys may sign in, by their paths. */
  readonly signedToo?: (name: string) => readonly string[];
}

/** Opens a stage that the caller closes. */
export async function openTrustedStage(options: TrustedStageOptions = {}): Promise<TrustedStage> {
  const { settings = {}, signedToo = () => [] } = options;
  const name = uniqueName('trusted');
  const folder = mkdtempSync(join(tmpdir(), 'image-builder-stages-'));
  const authority = await testAuthority();
  const issuer = await startFakeIssuer({ authority, clock: () => new Date() });
  const identity = await authority.issue({ name: 'git', purpose: 'server' });
  const git = await startFakeGitServer({ ...identity, login: sourceLogin });
  const signed = [`prod/${name}`, ...signedToo(name)].map((path) => `${registry}/${path}`);
  const keys = await createKeys(join(folder, 'keys'), signed);
  writeFileSync(join(folder, 'ca.pem'), authority.ca);
  const made = { ...configuration({ issuer, git }), ...settings };
  const tokens: string[] = [];
  let written = 0;
  const place = (word: string) => join(folder, `${written++}-${word}.json`);
  const configWith = (changes: object) => {
    const file = place('config');
    writeFileSync(file, JSON.stringify({ ...made, ...changes }));
    return file;
  };
  const config = configWith({});
  const agentConfig = writeAgentFiles(folder, config);
  const run: TrustedStage['stage'] = async (word, args, env = {}) => {
    const path = place(word);
    const ended = await imageBuilder(['pipeline', word, '--output', path, ...args], {
      cwd: folder,
      env: {
        NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
        IMAGE_BUILDER_CONFIG: config,
        SOURCE_TOKEN: sourceLogin.token,
        ...env,
      },
    });
    return { ...ended, path, digest: ended.stdout.trim() };
  };
  return {
    ...{ folder, issuer, git, keys, name, tokens, configWith },
    source: createGitRepository(git.root, 'kyma-project/app'),
    requestFor: (commitSha, changes = {}) => requestOf(name, commitSha, changes),
    stage: run,
    identify: (request, { claims = {}, env = {} } = {}) => {
      const path = place('request');
      writeFileSync(path, canonicalRequest(request));
      const { eventSha: sha } = request.source;
      const token = issuer.token({ claims: { aud: requestAudience(request), sha, ...claims } });
      tokens.push(token);
      keepSecret(token);
      return run('identify', ['--request', path], { AUTHORIZATION: token, ...env });
    },
    build: (identified, env = {}) =>
      run('build', ['--node', 'default', ...handing('identified', identified)], {
        IMAGE_BUILDER_CONFIG: agentConfig,
        ...env,
      }),
    publish: (identified, built) =>
      run('publish', [...handing('identified', identified), ...handing('built', built)]),
    rewritten: (handed, change) => {
      const document = JSON.parse(readFileSync(handed.path, 'utf8'));
      const path = place('rewritten');
      const content = { ...document.content, ...change(document.content) };
      const text = JSON.stringify({ ...document, content });
      writeFileSync(path, text);
      return { path, digest: digestOf(text) };
    },
    close: async () => {
      await Promise.all([issuer.close(), git.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Those of an agent that builds: the same configuration, certificates and trust, and no key. */
function writeAgentFiles(folder: string, config: string): string {
  const agent = join(folder, 'agent');
  mkdirSync(join(agent, 'keys/signing'), { recursive: true });
  for (const path of ['ca.pem', 'keys/signing/chain.pem', 'keys/notation'])
    cpSync(join(folder, path), join(agent, path), { recursive: true });
  cpSync(config, join(agent, 'config.yaml'));
  return join(agent, 'config.yaml');
}

function configuration({ issuer, git }: Pick<TrustedStage, 'issuer' | 'git'>) {
  return {
    registry: `${registry}/prod`,
    'dev-registry': `${registry}/dev`,
    'default-commit-tag': { name: 'default_tag', value: 'v{{ .ShortSHA }}', validation: '^v[0-9a-f]+$' },
    'default-pr-tag': { name: 'default_tag', value: 'PR-{{ .PRNumber }}', validation: '^PR-[0-9]+$' },
    platforms: ['linux/amd64', 'linux/arm64'],
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
          when: { repositories: ['kyma-project/*'], events: ['push'], refs: ['refs/heads/main'] },
          allow: { destinations: 'registry', signing: 'required' },
        },
        {
          name: 'development',
          when: { repositories: ['kyma-project/*'], events: ['pull_request_target'] },
          allow: { destinations: 'dev-registry', signing: 'none' },
        },
      ],
    },
    'sign-config': {
      'enabled-signers': { '*': ['embedded'] },
      signers: [
        {
          name: 'embedded',
          type: 'notation',
          config: { key: 'keys/signing/key.pem', chain: 'keys/signing/chain.pem' },
        },
      ],
    },
    trust: { directory: 'keys/notation' },
  };
}

function requestOf(name: string, commitSha: string, changes: RequestChanges): RemoteRequest {
  return {
    source: {
      owner: 'kyma-project',
      name: 'app',
      event: 'push',
      ref: 'refs/heads/main',
      eventSha: commitSha,
      commitSha,
      runId: '777',
      ...changes.source,
    },
    build: {
      name,
      ...plainRequest,
      ...changes.build,
    },
  };
}

/** How a document is given to the next stage. */
export function handing(kind: string, { path, digest }: Handed): readonly string[] {
  return [`--${kind}`, path, `--${kind}-digest`, digest];
}

export function contentIn({ path }: Handed): StageContent {
  return JSON.parse(readFileSync(path, 'utf8')).content;
}
