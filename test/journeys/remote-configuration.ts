import type { FakeAzureDevOps } from '../fakes/azure-devops/fake-azure-devops.ts';
import type { FakeGitServer } from '../fakes/git-server/fake-git-server.ts';
import type { FakeIssuer } from '../fakes/oidc-issuer/fake-issuer.ts';
import { workflow } from '../fakes/oidc-issuer/github-claims.ts';
import { registry } from './stage.ts';

/** Audience of the issuers that bind no token to a request. */
export const staticAudience = 'image-builder-of-the-test';
export const jenkinsAudience = 'sre-jenkins-image-builder';
/** The one job of the Jenkins that is believed. */
export const jenkinsJob = 'https://jenkins.example.com/job/images/';

export interface Servers {
  readonly git: FakeGitServer;
  readonly azure: FakeAzureDevOps;
  readonly issuer: FakeIssuer;
  readonly deployedIssuer: FakeIssuer;
  readonly jenkinsIssuer: FakeIssuer;
}

/** What both sides are configured with, but for signers and trust. */
export function remoteConfiguration({ git, azure, issuer, deployedIssuer, jenkinsIssuer }: Servers) {
  const githubUrl = { 'github-url': `https://${git.host}` };
  const github = { ...githubUrl, kind: 'github', 'job-workflow-refs': [workflow] };
  const fixed = (value: string) => ({ kind: 'static', value });
  const jenkins = {
    ...githubUrl,
    kind: 'jenkins',
    repositories: ['kyma-project/app'],
    'required-claims': { build_number: 'any', sub: [jenkinsJob] },
  };
  return {
    registry: `${registry}/prod`,
    'dev-registry': `${registry}/dev`,
    'default-commit-tag': { name: 'default_tag', value: 'v{{ .ShortSHA }}', validation: '^v[0-9a-f]+$' },
    'default-pr-tag': { name: 'default_tag', value: 'PR-{{ .PRNumber }}', validation: '^PR-[0-9]+$' },
    'default-merge-group-tag': { name: 'default_tag', value: 'MG-{{ .ShortSHA }}', validation: '^MG-' },
    source: { hosts: [{ host: git.host, 'token-variable': 'SOURCE_TOKEN', ca: 'ca.pem' }] },
    identity: {
      issuers: [
        { name: 'github', issuer: issuer.url, ...github, audience: { kind: 'bound' } },
        { name: 'deployed', issuer: deployedIssuer.url, ...github, audience: fixed(staticAudience) },
        { name: 'jenkins', issuer: jenkinsIssuer.url, ...jenkins, audience: fixed(jenkinsAudience) },
      ],
      'accepted-after-issue': '10m',
    },
    policy: { rules: [production, development] },
    'ado-config': {
      'ado-organization-url': azure.url,
      'ado-project-name': azure.project,
      'ado-pipeline-id': azure.pipelineId,
      'ado-retry-strategy': { attempts: 3, delay: '1s' },
    },
  };
}

export type RemoteConfiguration = ReturnType<typeof remoteConfiguration>;

const production = {
  name: 'production',
  when: {
    repositories: ['kyma-project/*'],
    events: ['push', 'schedule', 'workflow_dispatch'],
    refs: ['refs/heads/main'],
  },
  allow: { destinations: 'registry', signing: 'required' },
};

const development = {
  name: 'development',
  when: { repositories: ['kyma-project/*'], events: ['pull_request_target', 'merge_group'] },
  allow: { destinations: 'dev-registry', signing: 'none' },
};
