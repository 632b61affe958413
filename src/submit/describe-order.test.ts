import { expect, test } from 'vitest';
import type { Settings } from '../config/index.ts';
import { describeOrder } from './describe-order.ts';
import { request } from './run-for-test.ts';

const settings = {
  adoOrganizationUrl: 'https://dev.azure.com/team',
  adoProjectName: 'images',
  adoPipelineId: 7,
  adoParameters: 'encoded',
} as NonNullable<Settings['adoConfig']>;
const order = { settings, host: 'github.com' };
const hostile = {
  ...request,
  build: { ...request.build, buildArgs: ['A=##vso[task.complete]\n::error::x'] },
};

test('what would be sent is shown in lines, with what the parameters hold', () => {
  const lines = describeOrder(request, order, { json: false })
    .split('\n')
    .map((line) => line.replace(/ {2,}(?=\S)/g, '  '));
  expect(lines[0]).toBe('would start pipeline 7 of https://dev.azure.com/team/images with');
  expect(lines).toContain('  RepoOwner  kyma-project');
  expect(lines).toContain('  token  [secret]');
  expect(lines).toContain('  Submission  made when it is sent');
  expect(lines).toContain('  that is, name  "team/app"');
});

test('what would be sent is shown as JSON', () => {
  expect(JSON.parse(describeOrder(request, order, { json: true }))).toMatchObject({
    ...{
      organization: 'https://dev.azure.com/team',
      project: 'images',
      pipeline: 7,
      token: '[secret]',
      request,
    },
    parameters: { RepoName: 'App', Encoding: 'base64' },
  });
});

test.each([false, true])('no runner obeys what would be sent, as JSON: %s', (json) => {
  expect(describeOrder(hostile, order, { json })).not.toMatch(/##(?:vso)?\[|^::/m);
});
