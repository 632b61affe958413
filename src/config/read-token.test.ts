import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readToken } from './read-token.ts';

async function folderWith(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'read-token-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'token'), content);
  return folder;
}

const inVariable = (value: string | undefined) =>
  readToken({ tokenVariable: 'T' }, { environment: { T: value }, resolvePath: (path) => path });

async function inFile(content: string, name = 'token') {
  const folder = await folderWith(content);
  return readToken({ tokenFile: name }, { environment: {}, resolvePath: (path) => join(folder, path) });
}

describe('a token', () => {
  test('comes from a variable, or from a file with or without a line end', async () => {
    const read = await Promise.all([inVariable('a+b/c='), inFile('a+b/c='), inFile('a+b/c=\r\n')]);
    expect(read.map((token) => token?.reveal())).toEqual(['a+b/c=', 'a+b/c=', 'a+b/c=']);
  });

  test('need not be configured', async () => {
    expect(await readToken({}, { environment: {}, resolvePath: (path) => path })).toBeUndefined();
  });

  test.each([
    ['an unset variable', () => inVariable(undefined), 'is not set'],
    ['an empty variable', () => inVariable(''), 'is empty'],
    ['a file that is not there', () => inFile('', 'other'), 'cannot be read'],
    ['an empty file', () => inFile(''), 'holds no token'],
    ['a second line', () => inFile('planted\nmachine evil.example.com'), 'holds no token'],
    ['a header', () => inVariable('planted\r\nx-more: y'), 'holds no token'],
    ['a second word', () => inVariable('planted machine evil.example.com'), 'holds no token'],
    ['quotation', () => inVariable('"planted'), 'holds no token'],
  ])('is refused for %s, without a word of it', async (_, read, reason) => {
    const error = await read().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'config.invalid',
      details: { problems: [{ message: expect.stringContaining(reason) }] },
    });
    expect(JSON.stringify([error, String(error)])).not.toContain('planted');
  });
});
