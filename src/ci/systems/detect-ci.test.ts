import { describe, expect, test } from 'vitest';
import { detectCi, readCiBuild } from '../index.ts';

const github = { GITHUB_ACTIONS: 'true' };
const azure = { TF_BUILD: 'True' };
const jenkins = { JENKINS_URL: 'https://jenkins.example.com/' };

describe('the CI around a process', () => {
  test.each([
    [{}, undefined],
    [{ CI: 'true' }, undefined],
    [{ GITHUB_ACTIONS: '' }, undefined],
    [{ GITHUB_ACTIONS: 'false' }, undefined],
    [{ GITHUB_TOKEN: 'x', GITHUB_REPOSITORY: 'team/app' }, undefined],
    [{ TF_BUILD: 'False', BUILD_BUILDID: '' }, undefined],
    [{ JENKINS_HOME: '' }, undefined],
    [github, 'github'],
    [azure, 'azure'],
    [{ BUILD_BUILDID: '7' }, 'azure'],
    [jenkins, 'jenkins'],
    [{ JENKINS_HOME: '/var/jenkins_home' }, 'jenkins'],
    // Images of Jenkins bring JENKINS_HOME along.
    [{ ...github, JENKINS_HOME: '/var/jenkins_home' }, 'github'],
    [{ ...azure, ...jenkins }, 'azure'],
    [{ ...github, ...azure, ...jenkins }, 'github'],
  ])('with %j is %s', (environment, ci) => {
    expect(detectCi(environment)).toBe(ci);
  });

  test('asks for nothing where there is none', async () => {
    expect(await readCiBuild({ GIT_URL: 'x' }, async () => new Uint8Array())).toBeUndefined();
  });
});
