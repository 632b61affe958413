import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSolveStatus } from './solve-status.ts';

test('reads a line of status', () => {
  const vertex = { digest: 'sha256:a', name: '[1/1] RUN x', started: '2026-01-01T00:00:00Z' };
  expect(parseSolveStatus(JSON.stringify({ vertexes: [vertex] }))).toEqual({
    vertexes: [vertex],
    statuses: [],
    logs: [],
    warnings: [],
  });
});

test.each([
  ['text for people', 'ERROR: failed to build'],
  ['an excerpt of a Dockerfile', '   1 | >>> FROM a'],
  ['text in braces', '{ not JSON }'],
  ['nothing', ''],
])('%s is no status', (_title, line) => {
  expect(parseSolveStatus(line)).toBeUndefined();
});

test('leaves out entries that lack what is needed', () => {
  const line = JSON.stringify({
    vertexes: [null, {}, { digest: 1, name: 'x' }],
    logs: 'none',
    warnings: [{}],
  });
  expect(parseSolveStatus(line)).toEqual({ vertexes: [], statuses: [], logs: [], warnings: [] });
});

test('reads any JSON without throwing', () => {
  fc.assert(fc.property(fc.json(), (json) => void parseSolveStatus(json)));
  fc.assert(
    fc.property(fc.jsonValue(), (value) => void parseSolveStatus(JSON.stringify({ vertexes: value }))),
  );
});
