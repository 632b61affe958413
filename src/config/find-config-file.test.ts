import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findConfigFile } from './find-config-file.ts';

const shippedConfig = { path: 'shipped.yaml', text: '# shipped' };
let folder: string;
let inFolder: (name: string) => string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-builder-config-'));
  inFolder = (name) => join(folder, name);
  await mkdir(inFolder('checkout'));
  await mkdir(inFolder('empty'));
  await writeFile(inFolder('checkout/image-builder.yaml'), '# checkout');
  await writeFile(inFolder('flag.yaml'), '\uFEFF# flag');
  await writeFile(inFolder('variable.yaml'), '# variable');
  await writeFile(inFolder('binary.yaml'), Buffer.from([0x61, 0xff, 0xfe]));
  await writeFile(inFolder('largest.yaml'), '#'.repeat(256 * 1024));
  await writeFile(inFolder('larger.yaml'), '#'.repeat(256 * 1024 + 1));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('findConfigFile', () => {
  test('prefers --config, then the environment, then the checkout, then the shipped one', async () => {
    const file = inFolder('flag.yaml');
    const env = { IMAGE_BUILDER_CONFIG: inFolder('variable.yaml') };
    const checkoutRoot = inFolder('checkout');
    const text = async (places: object) => (await findConfigFile({ env: {}, shippedConfig, ...places })).text;
    expect(await text({ file, env, checkoutRoot })).toBe('# flag');
    expect(await text({ env, checkoutRoot })).toBe('# variable');
    expect(await text({ checkoutRoot })).toBe('# checkout');
    expect(await text({ checkoutRoot: inFolder('empty') })).toBe('# shipped');
    expect(await text({})).toBe('# shipped');
    expect(await text({ env: { IMAGE_BUILDER_CONFIG: '' } })).toBe('# shipped');
  });

  test('names the file that it read', async () => {
    const found = await findConfigFile({ env: {}, shippedConfig, checkoutRoot: inFolder('checkout') });
    expect(found.path).toBe(inFolder('checkout/image-builder.yaml'));
  });

  test.each([
    ['missing.yaml', 'there is no such file'],
    ['checkout', 'it is a directory'],
    ['flag.yaml/x', 'ENOTDIR'],
  ])('does not go on to another place when %s was asked for', async (name, reason) => {
    const file = inFolder(name);
    const expected = {
      code: 'config.not-found',
      details: { path: file },
      message: expect.stringContaining(reason),
    };
    await expect(findConfigFile({ env: {}, shippedConfig, file })).rejects.toMatchObject({
      ...expected,
      hint: 'it is named by --config',
    });
    await expect(
      findConfigFile({ env: { IMAGE_BUILDER_CONFIG: file }, shippedConfig }),
    ).rejects.toMatchObject({ ...expected, hint: 'it is named by IMAGE_BUILDER_CONFIG' });
  });

  test('does not take a directory at the root of the checkout for a missing file', async () => {
    await mkdir(inFolder('odd/image-builder.yaml'), { recursive: true });
    await expect(
      findConfigFile({ env: {}, shippedConfig, checkoutRoot: inFolder('odd') }),
    ).rejects.toMatchObject({ code: 'config.not-found', hint: 'it is at the root of the checkout' });
  });

  test.each([
    ['binary.yaml', 'is not UTF-8 text'],
    ['larger.yaml', 'is larger than 256 KiB'],
    ['/dev/zero', 'is larger than 256 KiB'],
  ])('refuses %s', async (name, problem) => {
    const file = name.startsWith('/') ? name : inFolder(name);
    await expect(findConfigFile({ env: {}, shippedConfig, file })).rejects.toMatchObject({
      code: 'config.invalid',
      message: `configuration "${file}" ${problem}`,
      details: { problems: [{ source: file, message: `the file ${problem}` }] },
    });
  });

  test('takes a file of the largest size', async () => {
    const { text } = await findConfigFile({ env: {}, shippedConfig, file: inFolder('largest.yaml') });
    expect(text).toHaveLength(256 * 1024);
  });
});
