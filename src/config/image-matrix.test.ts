import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadImageMatrix } from './image-matrix.ts';

function matrix(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'matrix-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'images.yaml');
  writeFileSync(file, text);
  return loadImageMatrix(file);
}

test('a matrix is read with what it leaves out left out', async () => {
  const text = `images:
  - name: team/app
  - name: team/tool
    dockerfile: tool/Dockerfile
    context: tool
    target: slim
    platforms: [linux/amd64]
    build-args: [A=1]
    tags: [latest]
`;
  expect(await matrix(text)).toEqual([
    { name: 'team/app', buildArgs: [], tags: [] },
    {
      name: 'team/tool',
      dockerfile: 'tool/Dockerfile',
      context: 'tool',
      target: 'slim',
      platforms: ['linux/amd64'],
      buildArgs: ['A=1'],
      tags: ['latest'],
    },
  ]);
});

test.each([
  ['no image', 'images: []', /expected a list of images/],
  ['nothing', '', /images/],
  [
    'a name twice, whose tags would take each other away',
    'images: [{name: a}, {name: a}]',
    /twice|distinct|differ/,
  ],
  ['an image without a name', 'images: [{dockerfile: x}]', /name/],
  ['a key that nobody knows', 'images: [{name: a, dockerfiel: x}]', /dockerfile/],
  ['a platform that is none', 'images: [{name: a, platforms: [arm]}]', /platform/],
])('a matrix with %s is refused', async (_, text, words) => {
  const refused = matrix(text);
  await expect(refused).rejects.toMatchObject({ code: 'config.invalid' });
  const { details } = (await refused.catch((error: unknown) => error)) as { details: { problems: object[] } };
  expect(JSON.stringify(details.problems)).toMatch(words);
});
