import { describe, expect, test } from 'vitest';
import { ImageBuilderError } from '../../core/index.ts';
import type { BuildPlan } from '../../plan/index.ts';
import type { ProgressEvent } from '../../progress/index.ts';
import type { Run } from '../run.ts';
import { startRecord } from '../run-record.ts';
import { startStageClock } from '../stage-clock.ts';
import { lookForImage } from './look-for-image.ts';

const plan = {
  image: { name: 'app', dockerfile: 'Dockerfile', context: '.' },
  reuse: { epoch: '', perCommitArgs: [], vouchers: ['own', 'other'] },
} as unknown as BuildPlan;

const unreadable = new ImageBuilderError('signing.failed', 'signer "own": cannot read "chain.pem"', {
  signer: 'own',
  failed: ['chain.pem'],
});

async function look(changes: Partial<Run>) {
  const said: ProgressEvent[] = [];
  const emit = (event: ProgressEvent) => void said.push(event);
  const clock = () => new Date(0);
  const record = startRecord(clock());
  const checkVouchers = async () => {
    throw unreadable;
  };
  const found = await lookForImage({
    ...{ plan, record, emit, stages: startStageClock(clock, emit) },
    ports: { openEarlierImages: () => ({ checkVouchers }) },
    signal: new AbortController().signal,
    ...changes,
  } as unknown as Run);
  expect(found).toBe(false);
  expect(said).toContainEqual(expect.objectContaining({ kind: 'notice', level: 'info' }));
  return record.reuse;
}

describe('an earlier image is not looked for', () => {
  test('where nothing tells the signatures that would vouch for it, and what would is said', async () => {
    expect(await look({})).toEqual({
      kind: 'ineligible',
      reason:
        'signatures of "own", "other" cannot be told from others here: signer "own": cannot read "chain.pem"; let "trust", "chain" of a notation signer and "public-key" of a cosign signer name files of this machine',
    });
  });

  test('by one of several jobs that cannot tell what the engines of the others are', async () => {
    expect(await look({ whole: plan })).toMatchObject({
      kind: 'ineligible',
      reason: expect.stringMatching(/let "reuse\.builder-version"/),
    });
  });
});
