import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodes } from '../src/core/index.ts';

test('docs/errors.md has a row for every error code, with its exit code, and for no other', () => {
  const text = readFileSync(join(import.meta.dirname, '../docs/errors.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([a-z.-]+)` \| (\d+) \|/gm)].map((match) => [
    match[1],
    Number(match[2]),
  ]);
  expect(Object.fromEntries(rows)).toEqual(exitCodes);
});
