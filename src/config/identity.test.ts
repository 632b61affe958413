import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { load, printed, problemsOf } from './load-for-test.ts';

const workflow = 'team/ci/.github/workflows/image-builder.yml@refs/heads/main';

const github: Readonly<Record<string, unknown>> = {
  name: 'github',
  kind: 'github',
  issuer: 'https://token.actions.githubusercontent.com',
  'github-url': 'https://github.com',
  audience: { kind: 'bound' },
  'job-workflow-refs': [workflow],
};
const { 'job-workflow-refs': _, ...common } = github;
const jenkins = { ...common, kind: 'jenkins', 'required-claims': { build_number: 'any' } };

const config = (issuers: readonly unknown[]) => JSON.stringify({ identity: { issuers } });

describe('trusted issuers', () => {
  test('are believed for what is configured and no more', async () => {
    const { settings } = await load(config([github, { ...jenkins, name: 'b', issuer: 'https://b.example' }]));
    const rest = { githubUrl: 'https://github.com', audience: { kind: 'bound' }, algorithms: ['RS256'] };
    expect(settings.identity).toEqual({
      issuers: [
        {
          name: 'github',
          kind: 'github',
          issuer: 'https://token.actions.githubusercontent.com',
          jobWorkflowRefs: [workflow],
          ...rest,
        },
        {
          name: 'b',
          kind: 'jenkins',
          issuer: 'https://b.example',
          repositories: [],
          requiredClaims: { build_number: 'any' },
          ...rest,
        },
      ],
    });
  });

  test.each([
    [
      'without a workflow',
      common,
      'identity.issuers[0].job-workflow-refs: required key "job-workflow-refs" is missing',
    ],
    [
      'with no workflow',
      { ...github, 'job-workflow-refs': [] },
      'identity.issuers[0].job-workflow-refs: expected a list of workflows, at least one',
    ],
    [
      'with any workflow',
      { ...github, 'job-workflow-refs': ['*'] },
      'identity.issuers[0].job-workflow-refs[0]: expected a workflow such as',
    ],
    [
      'with a pattern for workflows',
      { ...github, 'job-workflow-refs': [workflow.replace('main', '*')] },
      'identity.issuers[0].job-workflow-refs[0]: expected a workflow such as',
    ],
    [
      'with a workflow at a short ref',
      { ...github, 'job-workflow-refs': [workflow.replace('refs/heads/', '')] },
      'identity.issuers[0].job-workflow-refs[0]: expected a workflow such as',
    ],
    [
      'with a number for an owner',
      { ...github, 'repository-owner-ids': [39153523] },
      'identity.issuers[0].repository-owner-ids[0]: expected an id as a text of digits, in quotes',
    ],
    [
      'with no owner',
      { ...github, 'repository-owner-ids': [] },
      'identity.issuers[0].repository-owner-ids: expected a list of ids',
    ],
    [
      'of Jenkins that requires nothing',
      { ...jenkins, 'required-claims': {} },
      'identity.issuers[0].required-claims: expected a mapping from claims',
    ],
    [
      'of Jenkins that leaves that out',
      { ...common, kind: 'jenkins' },
      'identity.issuers[0].required-claims: required key "required-claims" is missing',
    ],
    [
      'with a claim of no value',
      { ...jenkins, 'required-claims': { sub: [] } },
      'identity.issuers[0].required-claims.sub: expected "any" or a list of values',
    ],
    [
      'over http',
      { ...github, issuer: 'http://token.example' },
      'identity.issuers[0].issuer: expected an https address',
    ],
    [
      'over http on this machine',
      { ...github, issuer: 'http://localhost:1' },
      'identity.issuers[0].issuer: expected an https address',
    ],
    [
      'with a query',
      { ...github, issuer: 'https://token.example/?a=b' },
      'identity.issuers[0].issuer: expected an https address',
    ],
    [
      'with credentials',
      { ...github, issuer: 'https://a:b@token.example' },
      'identity.issuers[0].issuer: expected an https address',
    ],
    [
      'with HS256',
      { ...github, algorithms: ['HS256'] },
      'identity.issuers[0].algorithms[0]: expected one of "RS256"',
    ],
    [
      'with none',
      { ...github, algorithms: ['none'] },
      'identity.issuers[0].algorithms[0]: expected one of "RS256"',
    ],
    [
      'with no algorithm',
      { ...github, algorithms: [] },
      'identity.issuers[0].algorithms: expected a list of signature algorithms',
    ],
    [
      'with an empty audience',
      { ...github, audience: { kind: 'static', value: '' } },
      'identity.issuers[0].audience.value: expected a text that is not empty',
    ],
    [
      'with an audience that looks bound',
      { ...github, audience: { kind: 'static', value: 'image-builder:sha256:0' } },
      'identity.issuers[0].audience.value: expected a text that is not empty and does not begin with "image-builder:"',
    ],
    [
      'without an audience',
      { ...github, audience: undefined },
      'identity.issuers[0].audience: required key "audience" is missing',
    ],
    [
      'of another kind',
      { ...github, kind: 'gitlab' },
      'identity.issuers[0].kind: expected one of "github", "jenkins"',
    ],
  ])('%s are refused', async (_, issuer, message) => {
    const [first, ...others] = (await problemsOf(config([issuer]))).map(printed);
    expect(first).toContain(message);
    expect(others).toEqual([]);
  });

  test.each([
    ['the same name', { ...github, issuer: 'https://other.example' }, '"github" is given twice'],
    [
      'the same address',
      { ...github, name: 'other' },
      '"https://token.actions.githubusercontent.com" is given twice',
    ],
  ])('with %s are refused', async (_, second, message) => {
    expect((await problemsOf(config([github, second]))).map((problem) => problem.message)).toEqual([message]);
  });

  test('that are none are refused', async () => {
    expect((await problemsOf(config([]))).map(printed)).toEqual([
      expect.stringContaining('identity.issuers: expected a list of issuers, at least one'),
    ]);
  });

  test('are shipped as they are deployed', async () => {
    const path = join(import.meta.dirname, '../../configs/image-builder-config.yaml');
    const { settings } = await load(await readFile(path, 'utf8'));
    const { issuers = [], acceptedAfterIssue } = settings.identity ?? {};
    expect(acceptedAfterIssue).toBe(600);
    expect(issuers.map(({ issuer, audience, githubUrl }) => [issuer, audience, githubUrl])).toEqual([
      [
        'https://token.actions.githubusercontent.com',
        { kind: 'static', value: 'image-builder' },
        'https://github.com',
      ],
      [
        'https://github.tools.sap/_services/token',
        { kind: 'static', value: 'image-builder' },
        'https://github.tools.sap',
      ],
      [
        'https://storage.googleapis.com/kyma-mps-prod-artifacts/jaas/oidc',
        { kind: 'static', value: 'sre-jenkins-image-builder' },
        'https://github.tools.sap',
      ],
    ]);
    expect(
      issuers.map((issuer) => (issuer.kind === 'github' ? issuer.jobWorkflowRefs : issuer.requiredClaims)),
    ).toEqual([
      ['kyma-project/test-infra/.github/workflows/image-builder.yml@refs/heads/main'],
      ['kyma/oci-image-builder/.github/workflows/image-builder.yml@refs/heads/main'],
      { build_number: 'any' },
    ]);
  });
});
