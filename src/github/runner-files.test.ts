import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { readFileCommand } from '../../test/fakes/github-runner/read-file-command.ts';
import { cutSummary, largestSummary } from './cut-summary.ts';
import { runnerFiles } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'image-builder-runner-'));
const pathOf = (name: string) => join(folder, name);
const environment = {
  GITHUB_OUTPUT: pathOf('output'),
  GITHUB_STATE: pathOf('state'),
  GITHUB_STEP_SUMMARY: pathOf('summary'),
  STATE_run: '42',
};

let count = 0;
const delimiter = () => `delimiter_0123456789_${count++}`;
const files = runnerFiles({ environment, delimiter });

beforeEach(() => {
  for (const name of ['output', 'state', 'summary']) writeFileSync(pathOf(name), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const text = (name: string) => readFileSync(pathOf(name), 'utf8');

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,8}$/);
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom('a', '=', '<<', 'EOF', '\n', '\r\n', 'digest=x')).map((parts) => parts.join('')),
);

describe('an output', () => {
  test('is read back by the runner as it was set, whatever it holds, and so are those around it', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key }), (pairs) => {
        writeFileSync(pathOf('output'), '');
        for (const [key, held] of pairs) files.setOutput(key, held);
        const expected = pairs.map(([key, held]) => [key, held.toWellFormed()]);
        expect([...readFileCommand(text('output'))]).toEqual(expected);
      }),
    );
  });

  test('is set again by its last value', () => {
    files.setOutput('digest', 'sha256:1');
    files.setOutput('digest', 'sha256:2\nresult=success');
    expect([...readFileCommand(text('output'))]).toEqual([['digest', 'sha256:2\nresult=success']]);
  });

  test.each([
    ['a value with its delimiter', () => 'x'.repeat(16), 'name', `a\n${'x'.repeat(16)}\nresult=success`],
    ['a delimiter that could be guessed', () => 'EOF', 'name', 'a'],
    ['a delimiter of two lines', () => `${'x'.repeat(16)}\ny`, 'name', 'a'],
    ['a name that ends early', delimiter, 'name=x', 'a'],
    ['an empty name', delimiter, '', 'a'],
  ])('is not written with %s', (_, makeDelimiter, key, held) => {
    const { setOutput } = runnerFiles({ environment, delimiter: makeDelimiter });
    expect(() => setOutput(key, held)).toThrow('cannot be told from what follows');
    expect(text('output')).toBe('');
  });

  test('needs a runner, and a file that can be written', () => {
    expect(() => runnerFiles({ environment: {}, delimiter }).setOutput('a', 'b')).toThrow(
      'variable "GITHUB_OUTPUT" is not set',
    );
    const GITHUB_OUTPUT = join(folder, 'missing', 'output');
    const { setOutput } = runnerFiles({ environment: { GITHUB_OUTPUT }, delimiter });
    expect(() => setOutput('a', 'b')).toThrow(expect.objectContaining({ code: 'report.unwritable' }));
  });
});

describe('state', () => {
  test('goes to the post step in a variable of its name', () => {
    files.saveState('run', '42');
    expect([...readFileCommand(text('state'))]).toEqual([['run', '42']]);
    expect(files.readState('run')).toBe('42');
    expect(files.readState('other')).toBeUndefined();
  });
});

describe('the summary', () => {
  test('has one part after the other', () => {
    files.appendSummary('# One');
    files.appendSummary('two\n\n');
    expect(text('summary')).toBe('# One\ntwo\n');
  });

  test('of a step stays within what the runner takes, with what is there already', () => {
    writeFileSync(pathOf('summary'), 'é'.repeat(300_000));
    files.appendSummary(`${'ü'.repeat(99)}\n`.repeat(5_000));
    files.appendSummary('more');
    const bytes = readFileSync(pathOf('summary'));
    expect(bytes.length).toBeLessThanOrEqual(largestSummary);
    expect(bytes.length).toBeGreaterThan(largestSummary - 400);
    expect(text('summary')).toMatch(/ü{99}\n\n> The summary ends here: .*\n/);
    expect(text('summary')).not.toContain('\ufffd');
  });

  test.each([
    ['fits to the byte', 'a\n', largestSummary - 2, 'a\n'],
    ['leaves no room', 'a\n', largestSummary, ''],
    ['leaves no room for a notice', 'a\n', largestSummary - 1, ''],
  ])('that %s is %j', (_, markdown, before, wanted) => {
    expect(cutSummary(markdown, before)).toBe(wanted);
  });

  test('of one endless line is nothing but the notice', () => {
    expect(cutSummary('a'.repeat(largestSummary), 0)).toMatch(/^\n\n> The summary ends here/);
  });
});
