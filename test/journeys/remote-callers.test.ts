import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jenkinsClaims } from '../fakes/oidc-issuer/github-claims.ts';
import { githubEnvironment } from './action-step.ts';
import { pullRequestOf, pushOf } from './github-events.ts';
import { jenkinsAudience, jenkinsJob } from './remote-configuration.ts';
import { commitImage, openRemoteStage, pipelineFile, planted, type RemoteStage } from './remote-stage.ts';
import { notation } from './signing-stage.ts';
import { crane, type Ended, imageBuilder, keepSecret, uniqueName } from './stage.ts';

type Environment = Readonly<Record<string, string>>;

let stage: RemoteStage;
beforeAll(async () => {
  stage = await openRemoteStage();
});
afterAll(() => stage.close());

const tagOf = (sha: string) => `v${sha.slice(0, 7)}`;

function folderOf(word: string): string {
  const folder = join(stage.folder, uniqueName(word));
  mkdirSync(folder);
  return folder;
}

/** Runs `build` as a CI does: what is built stands in the environment alone. */
function buildIn(env: Environment, args: readonly string[] = [], cwd = folderOf('caller')): Promise<Ended> {
  const given = ['--name', stage.name, '--platform', 'linux/amd64', '--config', stage.config];
  return imageBuilder(['build', ...given, ...args], { cwd, env });
}

const inGithub = (sha: string) => githubEnvironment(stage, pushOf(sha), folderOf('event'));

/** A token as the OpenID Connect plugin of Jenkins makes it. */
function jenkinsToken(build: number): string {
  const { jenkinsIssuer: issuer } = stage;
  const [, payload = ''] = issuer.token().split('.');
  const names = Object.keys(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  const none = Object.fromEntries(names.map((name) => [name, undefined]));
  const said = { aud: [jenkinsAudience], sub: jenkinsJob, build_number: build };
  const token = issuer.token({ claims: { ...none, ...jenkinsClaims(issuer.url, new Date()), ...said } });
  keepSecret(token.split('.')[2] ?? '');
  return token;
}

function inJenkins(build: number, more: Environment): Environment {
  return {
    JENKINS_HOME: '/var/jenkins_home',
    BUILD_NUMBER: String(build),
    BUILD_URL: `${jenkinsJob}${build}/`,
    GIT_URL: `https://${stage.git.host}/kyma-project/app.git`,
    AUTHORIZATION: jenkinsToken(build),
    ...stage.clientEnvironment,
    ...more,
  };
}

function inJenkinsPullRequest(build: number): Environment & { readonly GIT_COMMIT: string } {
  // Branches of Jenkins must be where its builds say that they are, so that main stays where it is.
  const base = commitImage(stage, `base ${build}`, 'base');
  const head = commitImage(stage, `head ${build}`, 'of-a-fork');
  stage.source.git('update-ref', `refs/pull/${build}/head`, head);
  const change = { CHANGE_ID: String(build), CHANGE_TARGET: 'main', CHANGE_BRANCH: 'feature' };
  return {
    ...inJenkins(build, { ...change, CHANGE_BASE_SHA: base, BRANCH_NAME: `PR-${build}` }),
    GIT_COMMIT: head,
  };
}

const personal = { AZURE_DEVOPS_EXT_PAT: planted.personalToken };
const clientSecret = { AZURE_CLIENT_SECRET: planted.clientSecret };

describe.concurrent('image-builder build has the image built in Azure DevOps', () => {
  test('in a GitHub job, without any secret', async () => {
    const sha = commitImage(stage, 'github');
    const { exitCode, stdout, stderr } = await buildIn(inGithub(sha), ['--json']);
    expect(exitCode, stderr).toBe(0);
    const image = `${stage.production}:${tagOf(sha)}`;
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'Succeeded',
      images_list: [image],
      digest: await crane('digest', image),
      run: { backend: 'azure-devops', result: 'succeeded' },
    });
    expect(stderr).toContain('_build/results?buildId=');
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: true });
  });

  test('in a Jenkins build of a branch, with the secret of an application, and a report in a file', async () => {
    const sha = commitImage(stage, 'jenkins');
    const folder = folderOf('jenkins');
    const environment = inJenkins(42, { BRANCH_NAME: 'main', GIT_COMMIT: sha, ...clientSecret });
    const path = join(folder, 'build-report.json');
    const { exitCode, stdout, stderr } = await buildIn(environment, ['--build-report-path', path], folder);
    expect(exitCode, stderr).toBe(0);
    const image = `${stage.production}:${tagOf(sha)}`;
    expect(stdout).toContain(`pull    ${image}\n`);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      status: 'Succeeded',
      images_list: [image],
      source: { event: 'push', commit: sha, run: '42' },
    });
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: true });
  });

  test('in a Jenkins build of a pull request, with a personal access token', async () => {
    const environment = { ...inJenkinsPullRequest(7), ...personal };
    const { exitCode, stdout, stderr } = await buildIn(environment, ['--json']);
    expect(exitCode, stderr).toBe(0);
    const image = `${stage.development}:PR-7`;
    expect(JSON.parse(stdout)).toMatchObject({
      signed: false,
      images_list: [image],
      digest: await crane('digest', image),
      source: { event: 'pull_request_target', pull_request: 7, commit: environment.GIT_COMMIT },
    });
  });
});

describe('image-builder build', () => {
  test('refuses a token of Jenkins that is not for this build, in words', async () => {
    const sha = commitImage(stage, 'other build');
    const environment = inJenkins(43, {
      BRANCH_NAME: 'main',
      GIT_COMMIT: sha,
      AUTHORIZATION: jenkinsToken(42),
    });
    const { exitCode, stderr } = await buildIn({ ...environment, ...personal });
    expect(exitCode, stderr).toBe(3);
    expect(stderr).toMatch(/^error: the token is rejected: its "build_number"/m);
  });

  test('with --dry-run shows in each CI what would be sent, without a token, and sends nothing', async () => {
    const sha = commitImage(stage, 'dry');
    const azure = {
      ...{ TF_BUILD: 'True', BUILD_BUILDID: '12', JOB_TYPE: 'postsubmit', REPO_OWNER: 'kyma-project' },
      ...{ REPO_NAME: 'app', PULL_BASE_SHA: sha, BASE_REF: 'main', AUTHORIZATION: jenkinsToken(12) },
    };
    const fork = { number: 8, headSha: sha, baseSha: sha };
    const environments: readonly Environment[] = [
      inGithub(sha),
      githubEnvironment(stage, pullRequestOf(fork), folderOf('event')),
      azure,
      inJenkins(44, { BRANCH_NAME: 'main', GIT_COMMIT: sha }),
      inJenkinsPullRequest(45),
    ];
    const seen = () => [stage.azure.seen.length, stage.issuer.seen.length, stage.git.seen.length];
    const before = seen();
    for (const environment of environments) {
      const { exitCode, stdout, stderr } = await buildIn(environment, ['--dry-run']);
      expect(exitCode, stderr).toBe(0);
      expect(stdout).toContain(`would start pipeline ${stage.azure.pipelineId} of ${stage.azure.url}/`);
      expect(stdout).toMatch(/^ {2}RepoName +app$/m);
      expect(stdout).toMatch(/^ {2}token +\[secret\]$/m);
    }
    expect(seen()).toEqual(before);
  });

  test('with --ado-preview-run prints the final YAML, of the pipeline or of a file, and starts nothing', async () => {
    const before = stage.azure.runs.size;
    const environment = inGithub(commitImage(stage, 'preview'));
    const own = await buildIn(environment, ['--ado-preview-run']);
    expect(own.exitCode, own.stderr).toBe(0);
    expect(own.stdout).toContain('PARAMETER_RepoName: app');
    expect(own.stdout).toContain('Sign, verify and tag');
    const folder = folderOf('preview');
    const changed = readFileSync(pipelineFile, 'utf8').replace('Sign, verify and tag', 'In other words');
    writeFileSync(join(folder, 'other.yml'), changed);
    const yamlPath = ['--ado-preview-run', '--ado-preview-run-yaml-path', 'other.yml'];
    const other = await buildIn(environment, yamlPath, folder);
    expect(other.exitCode, other.stderr).toBe(0);
    expect(other.stdout).toContain('In other words');
    expect(stage.azure.runs.size).toBe(before);
  });

  test('with --backend local builds here what is checked out, and says so where it is not', async () => {
    const baseSha = commitImage(stage, 'base of local');
    const headSha = commitImage(stage, 'local', 'local');
    const event = pullRequestOf({ number: 9, headSha, baseSha, fork: 'anna/app' });
    const environment = githubEnvironment(stage, event, folderOf('event'));
    const nowhere = await buildIn(environment, ['--backend', 'local']);
    expect(nowhere.exitCode).toBe(2);
    expect(nowhere.stderr).toContain(
      `commit "${headSha}", which the event is about, is not checked out here`,
    );
    const before = stage.azure.seen.length;
    const folder = folderOf('checkout');
    execFileSync('git', ['clone', '--quiet', '--branch', 'local', stage.source.directory, folder]);
    const here = await buildIn(environment, ['--backend', 'local', '--json'], folder);
    expect(here.exitCode, here.stderr).toBe(0);
    const image = `${stage.development}:PR-9`;
    expect(JSON.parse(here.stdout)).toMatchObject({
      images_list: [image],
      digest: await crane('digest', image),
    });
    expect(stage.azure.seen.length).toBe(before);
  });
});
