import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { writeDocument } from '../pipeline/index.ts';
import { parseArguments } from './parse-arguments.ts';
import { staging } from './pipeline-flags.ts';
import { readStage, requireStage, writeStage } from './stage-files.ts';

const content = { said: 'done' };
const { bytes, digest } = writeDocument('built', content);
const other = `sha256:${'0'.repeat(64)}`;
const second = writeDocument('built', { said: 'more' });

function openRun() {
  const directory = mkdtempSync(join(tmpdir(), 'stage-files-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const put = (path: string, document: Uint8Array = bytes) => {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), document);
  };
  put('built.json');
  let printed = '';
  const stdout = { write: (text: string) => (printed += text) } as unknown as NodeJS.WriteStream;
  const runOf = (...args: string[]) => ({
    args: parseArguments(args, staging),
    console: { directory, environment: {}, stdout, stderr: stdout },
    signal: new AbortController().signal,
  });
  const read = (named: string, text: string) =>
    readStage(runOf('--built', named, '--built-digest', text), 'built');
  return { directory, put, read, runOf, printed: () => printed };
}

describe('what an earlier stage handed on', () => {
  test.each([
    ['its digest', digest],
    ['the output variables of the job', JSON.stringify({ 'build.document_digest': digest, 'build.x': 'y' })],
    ['those of a job of a matrix', JSON.stringify({ 'default.build.document_digest': digest })],
    ['those in the spelling of an environment', JSON.stringify({ BUILD_DOCUMENT_DIGEST: digest })],
    [
      'the same variable twice',
      JSON.stringify({ 'build.document_digest': digest, BUILD_DOCUMENT_DIGEST: digest }),
    ],
  ])('is read by %s', async (_, text) => {
    expect(await openRun().read('built.json', text)).toEqual([content]);
  });

  test.each([
    ['no digest', ''],
    ['no output variables', 'null'],
    ['none that is a digest', '{"build.document_digest":"","build.x":null}'],
    ['none of that name', JSON.stringify({ 'build.other': digest })],
  ])('is nothing where there is %s', async (_, text) => {
    expect(await openRun().read('gone.json', text)).toEqual([]);
  });

  test.each([
    ['a word', 'latest'],
    ['half a digest', digest.slice(0, 20)],
    ['JSON that is a text', JSON.stringify(digest)],
    ['JSON that is a list', JSON.stringify([digest])],
    ['JSON that is cut off', '{"build.document_digest":'],
  ])('is refused with %s in the place of a digest', async (_, text) => {
    await expect(openRun().read('built.json', text)).rejects.toMatchObject({ code: 'usage.invalid' });
  });

  test('is refused when it is not what the digest says', async () => {
    await expect(openRun().read('built.json', other)).rejects.toMatchObject({ code: 'request.invalid' });
  });

  test('is refused without a digest, and is not needed when it is not named', async () => {
    const { runOf } = openRun();
    await expect(readStage(runOf('--built', 'built.json'), 'built')).rejects.toMatchObject({
      code: 'usage.invalid',
    });
    expect(await readStage(runOf(), 'built')).toEqual([]);
    await expect(requireStage(runOf(), 'built')).rejects.toMatchObject({ code: 'usage.invalid' });
  });

  test('is found in the folders of its artifacts, one for each job', async () => {
    const { read, put } = openRun();
    put('all/identified/identified.json');
    put('all/built-one/built.json', second.bytes);
    put('all/built-two/built.json');
    const digests = { 'one.build.document_digest': digest, 'two.build.document_digest': second.digest };
    expect(await read('all', JSON.stringify(digests))).toEqual([{ said: 'more' }, content]);
  });

  test.each([
    ['none is there', ['all/published/published.json'], digest],
    ['there is one more than digests', ['all/built-one/built.json', 'all/built-two/built.json'], digest],
    [
      'there is one less than digests',
      ['all/built-one/built.json'],
      JSON.stringify({ 'a.document_digest': digest, 'b.document_digest': other }),
    ],
  ])('is refused when %s', async (_, paths, text) => {
    const { read, put } = openRun();
    for (const path of paths) put(path);
    await expect(read('all', text)).rejects.toMatchObject({ code: 'usage.invalid' });
  });

  test('is what this stage writes, and its digest is printed', async () => {
    const { directory, runOf, printed } = openRun();
    await writeStage(runOf('--output', 'out.json', '--ado-state-output'), 'built', content);
    expect(readFileSync(join(directory, 'out.json'))).toEqual(Buffer.from(bytes));
    expect(printed()).toBe(
      `${digest}\n##vso[task.setvariable variable=document_digest;isOutput=true]${digest}\n`,
    );
    await expect(writeStage(runOf(), 'built', content)).rejects.toMatchObject({ code: 'usage.invalid' });
  });
});
