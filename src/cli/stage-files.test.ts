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

function openRun() {
  const directory = mkdtempSync(join(tmpdir(), 'stage-files-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const put = (path: string) => {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), bytes);
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

  test('is found in the folder of its artifact', async () => {
    const { read, put } = openRun();
    put('all/identified/identified.json');
    put('all/built-default/built.json');
    expect(await read('all', digest)).toEqual([content]);
  });

  test('is found in the folders of several jobs, in any order', async () => {
    const { directory, read, put } = openRun();
    const second = writeDocument('built', { said: 'more' });
    put('all/built-a/built.json');
    put('all/built-b/built.json');
    writeFileSync(join(directory, 'all/built-b/built.json'), second.bytes);
    const digests = { 'b.build.document_digest': digest, 'a.build.document_digest': second.digest };
    expect(await read('all', JSON.stringify(digests))).toEqual([content, { said: 'more' }]);
  });

  test.each([
    ['holds none', ['all/published/published.json']],
    ['holds two', ['all/built-one/built.json', 'all/built-two/built.json']],
  ])('is refused in a folder that %s', async (_, paths) => {
    const { read, put } = openRun();
    for (const path of paths) put(path);
    await expect(read('all', digest)).rejects.toMatchObject({ code: 'usage.invalid' });
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
