import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStepName, printStep } from './build-step.ts';

const only = 'linux/riscv64';
const run = { kind: 'instruction', number: 2, total: 3, untrustedText: 'RUN make' } as const;

describe('parseStepName', () => {
  test.each([
    ['[2/3] RUN make', { ...run, platform: only }],
    ['[ 2/13] RUN make', { ...run, platform: only, total: 13 }],
    ['[builder 2/3] RUN make', { ...run, platform: only, stage: 'builder' }],
    ['[stage-1  2/13] RUN make', { ...run, platform: only, stage: 'stage-1', total: 13 }],
    ['[linux/arm64 2/3] RUN make', { ...run, platform: 'linux/arm64' }],
    ['[linux/arm/v7 builder 2/3] RUN make', { ...run, platform: 'linux/arm/v7', stage: 'builder' }],
    ['[linux/amd64->arm64 builder 2/3] RUN make', { ...run, platform: 'linux/arm64', stage: 'builder' }],
    ['[linux/amd64->arm/v7 builder 2/3] RUN make', { ...run, platform: 'linux/arm/v7', stage: 'builder' }],
    ['[linux/amd64->windows/amd64 b 2/3] RUN make', { ...run, platform: 'windows/amd64', stage: 'b' }],
    ['[2/3] RUN echo [1/2]\nx', { ...run, platform: only, untrustedText: 'RUN echo [1/2]\nx' }],
    ['[2/3] ', { ...run, platform: only, untrustedText: '' }],
    ['[internal] load .dockerignore', { kind: 'internal', untrustedText: 'load .dockerignore' }],
    [
      '[linux/amd64 internal] load metadata for a:1',
      { kind: 'internal', platform: 'linux/amd64', untrustedText: 'load metadata for a:1' },
    ],
    ['[auth] library/a:pull token', { kind: 'internal', untrustedText: 'library/a:pull token' }],
    ['[context shared] load from client', { kind: 'internal', untrustedText: 'load from client' }],
    ['exporting to oci image format', { kind: 'export', untrustedText: 'exporting to oci image format' }],
    [
      'importing cache manifest from a:1',
      { kind: 'cache', untrustedText: 'importing cache manifest from a:1' },
    ],
    ['exporting cache to registry', { kind: 'cache', untrustedText: 'exporting cache to registry' }],
    ['resolve image config for a:1', { kind: 'internal', untrustedText: 'resolve image config for a:1' }],
    ['pack my things', { kind: 'other', untrustedText: 'pack my things' }],
    ['[unclosed 1/2 RUN x', { kind: 'other', untrustedText: '[unclosed 1/2 RUN x' }],
  ])('reads %j', (name, expected) => {
    expect(parseStepName(name, only)).toEqual(expected);
  });

  test('reads any text, and loses nothing of what follows the bracket', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseStepName(text, only).untrustedText.length).toBeLessThanOrEqual(text.length);
        expect(parseStepName(`[a 1/2] ${text}`, only).untrustedText).toBe(text);
      }),
    );
  });
});

test.each([
  ['[linux/arm64 builder  2/13] RUN make', 'builder 2/13 RUN make'],
  ['[2/3] RUN make', '2/3 RUN make'],
  ['[internal] load .dockerignore', 'load .dockerignore'],
])('printStep calls %j %j', (name, expected) => {
  expect(printStep(parseStepName(name, only))).toBe(expected);
});
