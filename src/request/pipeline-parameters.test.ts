import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalRequest } from '../identity/index.ts';
import { decodeParameters } from './decode-parameters.ts';
import { encodeDeployedParameters, encodeParameters } from './encode-parameters.ts';
import type { ParsedRequest } from './parse-remote-request.ts';
import { parameterNames } from './pipeline-parameters.ts';

const [base, head] = ['a'.repeat(40), 'b'.repeat(40)];
const push: ParsedRequest['source'] = {
  owner: 'kyma-project',
  name: 'App',
  event: 'push',
  ref: 'refs/heads/main',
  eventSha: base,
  commitSha: base,
  runId: '77',
};
const pull: ParsedRequest['source'] = {
  ...push,
  ...{ event: 'pull_request_target', commitSha: head, pullRequest: 7 },
};
const build: ParsedRequest['build'] = {
  name: 'team/app',
  dockerfile: './Dockerfile',
  context: '.',
  target: 'release',
  tags: ['v1', 'stable=v1.2'],
  buildArgs: ['VERSION=1', 'EMPTY='],
  buildContexts: [],
  secrets: [],
  platforms: ['linux/amd64', 'linux/arm64'],
  exportTags: true,
  useRestrictedRegistry: false,
  useGoModules: true,
  registries: [],
  noCache: false,
};
const hostile = [
  'A=$(SIGNIFY_KEY)',
  'B="; rm -rf / #',
  'C=a,b',
  'D=line\nline',
  'E=##vso[task.complete]',
  'F=  ',
];

const nobody = {};
const roundTrip = (request: ParsedRequest) =>
  decodeParameters(encodeParameters(request, { submission: 'one' }), nobody);

describe('a request that travels as parameters', () => {
  test.each([
    ['a push', push],
    ['a pull request', pull],
    [
      'a merge group',
      { ...push, event: 'merge_group', ref: 'refs/heads/gh-readonly-queue/main/pr-7-a' } as const,
    ],
    ['a schedule', { ...push, event: 'schedule' } as const],
    [
      'a manual run of a branch with a strange name',
      { ...push, event: 'workflow_dispatch', ref: 'refs/heads/$(x)' } as const,
    ],
  ])('arrives as it was sent for %s', (_, source) => {
    expect(roundTrip({ source, build })).toEqual({ source, build });
  });

  test('arrives with every option that has a value', () => {
    const { name: _, target: __, ...least } = build;
    const full = {
      ...least,
      ...{ buildArgs: hostile, tagsBase64: 'djM=', tags: ['{{ .Date }}'], noCache: true },
      ...{ buildContexts: ['lib=lib'], registries: ['localhost:5000/team'] },
    };
    expect(roundTrip({ source: push, build: full })).toEqual({ source: push, build: full });
  });

  test('has the same canonical form before and after, whatever the texts', () => {
    const text = fc.string({ unit: 'grapheme' });
    const texts = fc.array(text, { maxLength: 5 });
    fc.assert(
      fc.property(text, text, texts, texts, fc.boolean(), (dockerfile, context, tags, values, noCache) => {
        const buildArgs = values.map((value, index) => `A${index}=${value}`);
        const request = { source: pull, build: { ...build, dockerfile, context, tags, buildArgs, noCache } };
        expect(canonicalRequest(roundTrip(request))).toBe(canonicalRequest(request));
      }),
    );
  });

  test('gives the pipeline nothing to expand or to run', () => {
    const request = { source: { ...push, ref: 'refs/heads/$(x)' }, build: { ...build, buildArgs: hostile } };
    for (const value of Object.values(encodeParameters(request, { submission: 'one' })))
      expect(value).toMatch(/^[\w./+=-]*$/);
  });

  test('names only parameters of the pipeline, and leaves what is empty to its defaults', () => {
    const parameters = encodeParameters({ source: push, build }, { submission: 'one' });
    expect(parameterNames).toEqual(expect.arrayContaining(Object.keys(parameters)));
    expect(Object.keys(parameters)).not.toContain('PullNumber');
    expect(Object.keys(parameters)).not.toContain('Authorization');
  });
});

describe('a request in the parameters of a deployed pipeline', () => {
  test('has the names and the form that the pipeline knows', () => {
    expect(encodeDeployedParameters({ source: pull, build })).toEqual({
      RepoName: 'App',
      RepoOwner: 'kyma-project',
      JobType: 'presubmit',
      PullNumber: '7',
      PullBaseSHA: base,
      PullPullSHA: head,
      BaseRef: 'refs/heads/main',
      Name: 'team/app',
      Dockerfile: './Dockerfile',
      Context: '.',
      ExportTags: 'true',
      BuildArgs: 'VERSION=1,EMPTY=',
      Tags: Buffer.from('v1,stable=v1.2').toString('base64'),
      UseGoInternalSAPModules: 'true',
      Platforms: 'linux/amd64,linux/arm64',
      Target: 'release',
      useRestrictedRegistry: 'false',
    });
  });

  test.each<[string, Partial<ParsedRequest['build']>, string]>([
    ['a build argument with a comma', { buildArgs: ['A=1,2'] }, 'buildArgs'],
    ['a tag with a line break', { tags: ['a\nb'] }, 'tags'],
    ['a build context', { buildContexts: ['a=b'] }, 'buildContexts'],
    ['a registry', { registries: ['localhost:5000'] }, 'registries'],
    ['no cache', { noCache: true }, 'noCache'],
    ['tags in two forms', { tagsBase64: 'djM=' }, 'tags'],
  ])('cannot hold %s', (_, changes, field) => {
    expect(() => encodeDeployedParameters({ source: push, build: { ...build, ...changes } })).toThrow(
      expect.objectContaining({ code: 'request.invalid', details: { field } }),
    );
  });

  test('is completed by what the token of the caller says', () => {
    const { BaseRef: _, ...parameters } = encodeDeployedParameters({ source: push, build });
    const claims = { ref: 'refs/heads/main', runId: '77', sha: base };
    const tagsBase64 = parameters.Tags;
    expect(decodeParameters(parameters, claims)).toEqual({
      source: push,
      build: { ...build, tags: [], tagsBase64 },
    });
  });

  test('has the commit of the token for the event of a pull request, and the head to build', () => {
    const parameters = encodeDeployedParameters({ source: { ...pull, eventSha: 'c'.repeat(40) }, build });
    const { source } = decodeParameters(parameters, { ref: 'refs/heads/main', runId: '77', sha: base });
    expect(source).toEqual(pull);
  });

  test('takes the branch of a Jenkins, whose token names none', () => {
    const parameters = { ...encodeDeployedParameters({ source: push, build }), BaseRef: 'main' };
    expect(decodeParameters(parameters, { buildNumber: '12' }).source).toMatchObject({
      ref: 'refs/heads/main',
      runId: '12',
    });
  });
});

describe('parameters are refused', () => {
  const parameters = encodeParameters({ source: push, build }, { submission: 'one' });
  test.each<[string, Record<string, string>, RegExp]>([
    ['with one that nobody knows', { Privileged: 'true' }, /"Privileged" is not known/],
    ['with a file of variables', { EnvFile: 'envs' }, /"EnvFile" files of variables are not supported/],
    ['in an encoding that nobody knows', { Encoding: 'rot13' }, /"Encoding" is "rot13"/],
    ['for a job type that is none', { JobType: 'release' }, /"JobType" is "release"/],
    ['for an event in place of a job type', { JobType: 'push' }, /"JobType" is "push"/],
    ['with a switch that is none', { ExportTags: 'yes' }, /"ExportTags" is "yes"/],
    ['with a text that is not encoded', { Name: './app' }, /"Name" is not base64/],
    ['with half a character', { Name: '/w==' }, /"Name" is not the base64 of a UTF-8 text/],
    ['with a list that is none', { BuildArgs: 'ew==' }, /"BuildArgs" is not the base64 of JSON/],
    ['with options that are none', { Options: 'W10=' }, /"Options" is no mapping/],
    [
      'with secrets of the machine that builds',
      { Options: Buffer.from('{"secrets":["id=a"]}').toString('base64') },
      /buildContexts|noCache|registries/,
    ],
    [
      'with a build argument that has no value',
      { BuildArgs: Buffer.from('["HOME"]').toString('base64') },
      /NAME=value/,
    ],
    ['for a pull request without a number', { JobType: 'presubmit' }, /"PullNumber"/],
  ])('%s', (_, changes, message) => {
    expect(() => decodeParameters({ ...parameters, ...changes }, nobody)).toThrow(
      expect.objectContaining({ code: 'request.invalid', message: expect.stringMatching(message) }),
    );
  });

  test('and nothing else happens, whatever they are', () => {
    const names = fc.constantFrom(...parameterNames);
    fc.assert(
      fc.property(fc.dictionary(names, fc.string()), (changes) => {
        try {
          decodeParameters({ ...parameters, ...changes }, nobody);
        } catch (error) {
          expect(error).toMatchObject({ code: 'request.invalid' });
        }
      }),
    );
  });
});
