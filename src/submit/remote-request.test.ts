import { describe, expect, test } from 'vitest';
import type { CiBuild } from '../ci/index.ts';
import type { BuildRequest } from '../request/index.ts';
import { remoteRequest } from './remote-request.ts';
import { request } from './run-for-test.ts';

const { pullRequest: _, ...source } = request.source;
const build: CiBuild = { ...source, ci: 'github', host: 'github.com', notes: ['a note'] };
const ask = (asked: Partial<BuildRequest> = {}, ci: Partial<CiBuild> = {}) =>
  remoteRequest({
    build: { ...build, ...ci },
    asked: { ...request.build, ...asked },
    environment: { VERSION: '1', EMPTY: '' },
  });

describe('what a build elsewhere is asked for', () => {
  test('is what the CI builds, as it was asked for here', () => {
    expect(ask()).toEqual(request);
    expect(ask({}, { event: 'pull_request_target', pullRequest: 7 }).source).toMatchObject({
      pullRequest: 7,
    });
  });

  test('has the values of build arguments that are only here', () => {
    expect(ask({ buildArgs: ['VERSION', 'EMPTY', 'A=b=c', 'B='] }).build.buildArgs).toEqual([
      ...['VERSION=1', 'EMPTY=', 'A=b=c', 'B='],
    ]);
  });

  test.each<[string, Partial<BuildRequest>, Partial<CiBuild>, string]>([
    ['secrets of this machine', { secrets: ['id=a,env=TOKEN'] }, {}, 'secret'],
    ['a build argument that has no value here', { buildArgs: ['GONE'] }, {}, 'build-arg'],
    ['what the other side would refuse', { tags: Array(201).fill('v') }, {}, 'request.build.tags'],
  ])('is not %s', (_, asked, ci, field) => {
    expect(() => ask(asked, ci)).toThrow(
      expect.objectContaining({ code: 'request.invalid', details: { field } }),
    );
  });

  test('is not an event whose ref nobody knows', () => {
    const { ref: __, ...without } = build;
    const inputs = { build: without, asked: request.build, environment: {} };
    expect(() => remoteRequest(inputs)).toThrow(expect.objectContaining({ details: { field: 'ref' } }));
  });
});
