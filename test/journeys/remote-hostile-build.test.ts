import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { obeyedByGithub } from '../../src/progress/read-as-runner.ts';
import { type ActionStep, startAction } from './action-step.ts';
import {
  placesOf,
  type Written,
  writtenByRun,
  writtenByStep,
  writtenToRegistry,
} from './everything-written.ts';
import { pushOf } from './github-events.ts';
import { openRemoteStage, planted, type RemoteStage, runOf } from './remote-stage.ts';
import { notation } from './signing-stage.ts';
import { busybox, crane, uniqueName } from './stage.ts';

const forgedDigest = `sha256:${'f'.repeat(64)}`;
const forgedReport = JSON.stringify({ version: 1, status: 'Succeeded', digest: forgedDigest });
/** Printed by the build in base64, as somebody would who wants to hide it. */
const plantedInBuild = 'planted-by-the-dockerfile';

/** What a build prints that wants to command those who read it. */
const hostileLines = [
  '##vso[task.setvariable variable=document_digest;isOutput=true]forged',
  '##vso[task.complete result=Failed;]forged',
  '##vso[build.updatebuildnumber]forged',
  '##vso[build.addbuildtag]forged',
  '##[error]forged',
  '::set-output name=digest::forged',
  '::add-mask::0',
  '::error file=forged::forged',
  '::endgroup::',
  '---IMAGE BUILD REPORT---',
  forgedReport,
  '---END OF IMAGE BUILD REPORT---',
  Buffer.from(plantedInBuild).toString('base64'),
];

/** Of another content at each time: what is cached prints nothing. */
const lines = [uniqueName('hostile'), ...hostileLines, `\r${hostileLines[5]}`].join('\n');
const dockerfile = `FROM ${busybox}\nCOPY lines /\nRUN cat /lines && echo '${hostileLines[0]}'\n`;

let stage: RemoteStage;
let sha: string;
let step: ActionStep;
let written: readonly Written[];

beforeAll(async () => {
  stage = await openRemoteStage();
  sha = stage.source.commit({ Dockerfile: dockerfile, lines });
  step = await startAction(stage, pushOf(sha), { platforms: 'linux/arm64\nlinux/amd64' }).ended;
  written = [
    ...writtenByStep(step),
    ...writtenByRun(runOf(stage, step.state)),
    ...(await writtenToRegistry(stage.production, step.outputs.digest ?? '')),
  ];
});
afterAll(() => stage.close());

describe('a build for two platforms whose output wants to command everybody', () => {
  test('is published as it is, whatever it said of itself', async () => {
    expect(step.exitCode, step.stdout).toBe(0);
    const image = `${stage.production}:v${sha.slice(0, 7)}`;
    const digest = await crane('digest', image);
    expect(step.outputs).toMatchObject({ digest, images: JSON.stringify([image]), result: 'Succeeded' });
    expect(JSON.parse(step.outputs.architectures ?? '')).toEqual(['linux/arm64', 'linux/amd64']);
    expect(step.report?.platforms.map(({ platform }) => platform)).toEqual(['linux/arm64', 'linux/amd64']);
    for (const platform of ['linux/arm64', 'linux/amd64'])
      await crane('validate', '--remote', image, '--platform', platform);
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: true });
  });

  test('makes the runner obey nothing but groups', () => {
    const names = obeyedByGithub(step.stdout).map(({ name }) => name);
    const tokens = obeyedByGithub(step.stdout)
      .filter(({ name }) => name === 'stop-commands')
      .map(({ data }) => data.toLowerCase());
    const other = names.filter((name) => !tokens.includes(name));
    expect([...new Set(other)].toSorted()).toEqual(['endgroup', 'group', 'stop-commands']);
  });

  test('makes the agent obey nothing at all, its restrictions left aside', () => {
    const run = runOf(stage, step.state);
    expect(run.name).toMatch(/^\d{8}\.\d+$/);
    expect([...run.tags]).toEqual([]);
    expect(run.timeline.records.flatMap(({ issues }) => issues)).toEqual([]);
  });

  test('shows its output all the same, in the group of its step', () => {
    const group = step.stdout.slice(
      step.stdout.indexOf('::group::build › build default › Build and push by digest'),
    );
    const shown = group.slice(0, group.indexOf('::endgroup::'));
    expect(shown).toContain('set-output name=digest');
    expect(shown).toContain(Buffer.from(plantedInBuild).toString('base64'));
  });

  test('names its run in the first lines', () => {
    const first = step.stdout.split('\n').slice(0, 3).join('\n');
    expect(first).toContain(step.report?.run?.url);
  });

  test('has a summary without any of it', () => {
    expect(step.summary).not.toContain(forgedDigest);
    expect(step.summary).toContain(`notation verify ${stage.production}@${step.outputs.digest}\n`);
  });
});

describe('everything that a build from a workflow leaves anywhere', () => {
  test('is searched: what a build says of itself is found where it belongs', () => {
    expect(placesOf(sha, written)).toEqual([
      'documents of the run',
      'image',
      'log of the action',
      'logs of the run',
      'outputs',
      'parameters of the run',
      'summary',
    ]);
    expect(placesOf(step.outputs.digest ?? '', written)).toContain('signatures');
    expect(placesOf(`"run":"${runOf(stage, step.state).id}"`, written)).toEqual(['state']);
    expect(placesOf('Sign, verify and tag', written)).toContain('timeline of the run');
  });

  test('is searched in every encoding: what a build has hidden in base64 is found', () => {
    expect(placesOf(plantedInBuild, written)).toEqual(
      expect.arrayContaining(['image', 'log of the action', 'logs of the run']),
    );
  });

  test('holds no token, no key, and nothing that an agent had to mask', () => {
    const { azure, issuer, keys } = stage;
    const keyFiles = ['signing/key.pem', 'service/key.pem'];
    const key = (file: string) => readFileSync(join(keys.directory, file), 'utf8').split('\n')[1] ?? '';
    const signatureOf = (token: string) => token.split('.')[2] ?? '';
    const tokens = [
      ...issuer.issued.map(signatureOf),
      ...azure.issuedTokens().map((token) => token.slice(0, 40)),
    ];
    expect(tokens.length).toBeGreaterThan(2);
    const secrets = [planted.sourceToken, issuer.requestToken, ...keyFiles.map(key), ...tokens];
    expect(secrets.filter((secret) => secret.length < 10)).toEqual([]);
    expect(secrets.flatMap((secret) => placesOf(secret, written))).toEqual([]);
    const masked = written.filter(
      ({ where, content }) => where.endsWith('of the run') && content.includes('***'),
    );
    expect(masked.map(({ where }) => where)).toEqual([]);
  });
});
