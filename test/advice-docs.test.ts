import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contextLimits } from '../src/advice/index.ts';
import { adviceRules } from '../src/config/index.ts';
import { humanBytes } from '../src/core/index.ts';

const text = readFileSync(join(import.meta.dirname, '../docs/advice.md'), 'utf8');

test('docs/advice.md has a row for every rule, in the order of the setting, and for no other', () => {
  const rows = [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, rule]) => rule);
  expect(rows).toEqual([...adviceRules]);
});

test('docs/advice.md names the limits of a context', () => {
  expect(text).toContain(
    `${contextLimits.files.toLocaleString('en-US')} files or ${humanBytes(contextLimits.bytes)}`,
  );
});
