import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ImageBuilderError, isFailure } from '../core/index.ts';
import { parseTemplate } from './parse-template.ts';
import { renderTemplate } from './render-template.ts';
import type { TagFacts } from './tag.ts';

const push: TagFacts = {
  date: new Date('2021-09-30T23:59:58.120Z'),
  commitSha: '1234567890abcdef1234567890abcdef12345678',
  shortShaLength: 7,
  allowedEnvironment: ['BRANCH', 'EMPTY', 'UNSET', 'SEMVER', 'constructor'],
  environment: { BRANCH: 'main', EMPTY: '', SEMVER: 'v1.2.3', SECRET: 'hunter2' },
};
const pullRequest: TagFacts = { ...push, pullRequest: 123 };

function render(text: string, facts: TagFacts = push): string {
  return renderTemplate(parseTemplate(text), facts);
}

function failureOf(action: () => unknown): ImageBuilderError {
  try {
    action();
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
  throw new Error('expected a failure');
}

describe('a template of a push', () => {
  test.each([
    ['latest', 'latest'],
    ['v{{ .Date }}-{{ .ShortSHA }}', 'v20210930-1234567'],
    ['v{{.Date}}-{{.ShortSHA}}', 'v20210930-1234567'],
    ['0.0.0-MG.{{ .ShortSHA }}', '0.0.0-MG.1234567'],
    ['{{ .CommitSHA }}', '1234567890abcdef1234567890abcdef12345678'],
    ['{{ .Env "BRANCH" }}-{{ .ShortSHA }}', 'main-1234567'],
    ['{{ .Env `BRANCH` }}', 'main'],
    ['{{ "BRANCH" | .Env }}', 'main'],
    ['{{ .Env (printf "%s" "BRANCH") }}', 'main'],
    ['{{ .Time.Format "2006-01-02T15.04.05" }}', '2021-09-30T23.59.58'],
    ['{{ "2006" | .Time.Format }}', '2021'],
    ['a }} b', 'a }} b'],
    ['{ {', '{ {'],
    ['{{ "text" }}', 'text'],
    ['{{ `a\\b\r` }}', 'a\\b'],
    ['{{ "a\\x2db\\055c\\u002dd\\U0000002de" }}', 'a-b-c-d-e'],
    ['{{ 7 }}{{ -7 }}{{ +7 }}{{ 0 }}', '7-770'],
    ['{{ true }}{{ false }}', 'truefalse'],
    ['{{ (.Date) }}', '20210930'],
    ['{{ ((printf "%s" (.Date))) }}', '20210930'],
    ['{{ .Date | printf "v%s" }}', 'v20210930'],
    ['{{ .Date | printf "%s-%s" .ShortSHA | printf "v%s" }}', 'v1234567-20210930'],
    ['{{ slice .CommitSHA 0 4 }}', '1234'],
    ['{{ slice .CommitSHA 36 }}', '5678'],
    ['{{ slice "abc" }}', 'abc'],
    ['x{{ slice "abc" 3 3 }}', 'x'],
    ['{{ slice "é1" 2 }}', '1'],
    ['{{ len "é1" }}', '3'],
    ['{{ len .ShortSHA }}', '7'],
    ['{{ .ShortSHA | len | printf "%02d" }}', '07'],
    ['{{ eq "a" "a" }}-{{ eq "a" "b" }}-{{ eq 1 2 1 }}', 'true-false-true'],
    ['{{ ne "a" "a" }}-{{ ne true false }}', 'false-true'],
    ['{{ not "" }}-{{ not "a" }}-{{ not 0 }}-{{ not true }}', 'true-false-true-false'],
    ['{{ and "a" "b" }}{{ and 0 "b" }}{{ or "" "c" }}{{ or "" 0 }}', 'b0c0'],
    ['{{ or "a" .PRNumber }}', 'a'],
    ['{{ and false .PRNumber }}', 'false'],
    ['{{ slice (.Env "SEMVER") 1 }}', '1.2.3'],
    ['{{\n.Date\n}}', '20210930'],
    ['{{if true}}a{{end}}', 'a'],
    ['{{if(eq "a" "a")}}a{{end}}', 'a'],
    ['{{ if "" }}a{{ else }}b{{ end }}', 'b'],
    ['{{ if 0 }}a{{ else if "x" }}b{{ else }}c{{ end }}', 'b'],
    ['{{ if 0 }}a{{ else if 0 }}b{{ else }}c{{ end }}', 'c'],
    ['x{{ if 0 }}a{{ end }}', 'x'],
    ['{{ if 1 }}{{ if 0 }}a{{ else }}b{{ end }}{{ else }}c{{ end }}', 'b'],
    ['{{ if .Date | len | eq 8 }}a{{ end }}', 'a'],
    ['{{ if eq (.Env "BRANCH") "main" }}latest{{ else }}dev{{ end }}', 'latest'],
  ])('%j renders to %j', (template, expected) => {
    expect(render(template)).toBe(expected);
  });

  test.each([
    ['a {{- .Date -}} b', 'a20210930b'],
    ['a \t\r\n{{- .Date }} b', 'a20210930 b'],
    ['a {{ .Date -}} \t\r\n b', 'a 20210930b'],
    ['a {{ .Date   -}} b', 'a 20210930b'],
    ['a {{-\n.Date\n-}} b', 'a20210930b'],
    ['a {{- 3 -}} b', 'a3b'],
    ['a {{-3}} b', 'a -3 b'],
    ['a {{- -3 -}} b', 'a-3b'],
    ['a{{/* note */}}b', 'ab'],
    ['a {{- /* note */ -}} b', 'ab'],
    ['a {{/* note */ -}} b', 'a b'],
    ['a {{- /* {{ }} */}} b', 'a b'],
    ['a{{/* b */}}{{/* c */}}d', 'ad'],
    ['a {{- if true }} b {{- end }} c', 'a b c'],
    ['{{ if false -}} a {{- else -}} b {{- end }}', 'b'],
    ['a\u00a0{{- .Date }}', 'a\u00a020210930'],
  ])('%j trims to %j', (template, expected) => {
    expect(render(template)).toBe(expected);
  });
});

describe('a fact that not every build has', () => {
  test.each([
    ['PR-{{ .PRNumber }}', 'PR-123', undefined],
    ['{{ if .PRNumber }}PR-{{ .PRNumber }}{{ else }}{{ .ShortSHA }}{{ end }}', 'PR-123', '1234567'],
    ['{{ if not .PRNumber }}main{{ else }}pr{{ end }}', 'pr', 'main'],
    ['{{ if eq .PRNumber "123" }}a{{ else }}b{{ end }}', 'a', 'b'],
    ['{{ if and .PRNumber (eq (slice .PRNumber 0 1) "1") }}a{{ else }}b{{ end }}', 'a', 'b'],
    ['{{ if .Env "UNSET" }}a{{ else }}b{{ end }}', 'b', 'b'],
    ['{{ if false }}{{ .PRNumber }}{{ end }}x', 'x', 'x'],
  ])('%j renders for a pull request to %j, for a push to %j', (template, forPullRequest, forPush) => {
    expect(render(template, pullRequest)).toBe(forPullRequest);
    if (forPush !== undefined) expect(render(template)).toBe(forPush);
  });

  test('the pull request number of a push is refused with the way out', () => {
    const failure = failureOf(() => render('PR-{{ .PRNumber }}'));
    expect(failure.code).toBe('tag.invalid');
    expect(failure.message).toBe(
      'tag template "PR-{{ .PRNumber }}" uses ".PRNumber", but this build is not of a pull request at column 7',
    );
    expect(failure.hint).toBe('ask first: {{ if .PRNumber }}…{{ else }}…{{ end }}');
    expect(failure.details).toEqual({ tag: 'PR-{{ .PRNumber }}', position: 7 });
  });

  test('a missing commit is refused instead of rendering to nothing', () => {
    const withoutCommit = { ...push, commitSha: '' };
    expect(() => render('v{{ .ShortSHA }}', withoutCommit)).toThrow('this build has no commit at column 5');
  });
});

describe('a template that is well formed but wrong', () => {
  test.each([
    ['{{ "" }}', 'tag template "{{ \\"\\" }}" renders to nothing'.replaceAll('\\', '')],
    [' {{ if false }}a{{ end }} ', 'renders to nothing'],
    ['', 'tag template "" renders to nothing'],
    ['{{ .Env "SECRET" }}', 'reads environment variable "SECRET", which is not allowed in tags at column 4'],
    ['{{ if .Env "SECRET" }}a{{ end }}', '"SECRET", which is not allowed in tags at column 7'],
    ['x{{ .Env "UNSET" }}', 'reads environment variable "UNSET", which is unset or empty at column 5'],
    ['x{{ .Env "EMPTY" }}', 'reads environment variable "EMPTY", which is unset or empty at column 5'],
    ['x{{ .Env "constructor" }}', '"constructor", which is unset or empty at column 5'],
    ['{{ .Env 3 }}', 'gives ".Env" 3 where it needs a text at column 4'],
    ['{{ .Time.Format "yyyy" }}', 'uses time layout "yyyy", which names no part of a time at column 4'],
    ['{{ .Time.Format true }}', 'gives ".Time.Format" true where it needs a text at column 4'],
    ['{{ len 3 }}', 'gives "len" 3 where it needs a text at column 4'],
    ['{{ slice "abc" 0 4 }}', 'slices a text of 3 characters from 0 to 4 at column 4'],
    ['{{ slice "abc" 2 1 }}', 'slices a text of 3 characters from 2 to 1 at column 4'],
    ['{{ slice "abc" -1 }}', 'slices a text of 3 characters from -1 to 3 at column 4'],
    ['{{ .CommitSHA | slice 0 7 }}', 'gives "slice" 0 where it needs a text at column 17'],
    ['{{ slice "abc" "1" }}', 'gives "slice" a bound that is no integer at column 4'],
    ['{{ if eq .Date 1 }}a{{ end }}', 'compares values of different types, string and number at column 7'],
    ['{{ ne true "true" }}', 'compares values of different types, boolean and string at column 4'],
    ['{{ printf 3 }}', 'gives "printf" 3 where it needs a text at column 4'],
    ['{{ printf "%d" "x" }}', 'formats the text "x" with printf verb "%d" at column 4'],
    ['a{{ printf "%999999999d" 1 }}', 'uses printf verb "%999999999d", wider than 128 at column 5'],
    [`${'{{ printf "%128d" 1 }}'.repeat(9)}`, 'renders to more than 1024 characters'],
    [`{{ "ab"${' | printf "%x"'.repeat(60)} }}`, 'makes a text of more than 1024 characters'],
  ])('%j fails: %s', (template, message) => {
    const failure = failureOf(() => render(template));
    expect(failure.code).toBe('tag.invalid');
    expect(failure.message).toContain(message);
  });

  test('an allowed variable never brings the value of another one into a message', () => {
    expect(failureOf(() => render('{{ .Env "SECRET" }}')).message).not.toContain('hunter2');
  });
});

const fragments = [
  ...[
    '{{',
    '}}',
    '{{-',
    '-}}',
    '{{ ',
    ' }}',
    ' -}}',
    '{{/*',
    '*/}}',
    '"',
    '`',
    '\\',
    '(',
    ')',
    '|',
    ' ',
    '\n',
  ],
  ...[
    '.Date',
    '.PRNumber',
    '.Env',
    '.Time.Format',
    '"2006"',
    'printf',
    '"%s"',
    '"%-5d"',
    'slice',
    'len',
    '7',
  ],
  ...['if', 'else', 'else if', 'end', 'and', 'or', 'not', 'eq', 'true', '.', '$', ':=', 'x', '\ud800'],
];
const templateSoup = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(fc.constantFrom(...fragments), { maxLength: 60 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...fragments), { maxLength: 60 }).map((parts) => `{{ ${parts.join(' ')} }}`),
);

describe('any text', () => {
  test('renders, or fails as an invalid tag with a position inside the template', () => {
    fc.assert(
      fc.property(templateSoup, (text) => {
        try {
          expect(typeof render(text)).toBe('string');
        } catch (error) {
          if (!isFailure(error, 'tag.invalid')) throw error;
          const position = error.details.position ?? 1;
          expect(position).toBeGreaterThanOrEqual(1);
          expect(position).toBeLessThanOrEqual(text.length + 1);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('without "{{" renders to itself', () => {
    const plain = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(plain, (text) => {
        fc.pre(!text.includes('{{') && text.trim() !== '');
        expect(render(text)).toBe(text);
      }),
    );
  });

  test('as a raw string or an escaped one renders to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 100 }), (text) => {
        fc.pre(text.trim() !== '' && !text.includes('`'));
        expect(render(`{{ \`${text}\` }}`)).toBe(text);
        expect(render(`{{ ${JSON.stringify(text)} }}`)).toBe(text);
      }),
    );
  });

  test.each([
    ['parentheses', '{{ '.padEnd(1000, '(')],
    ['blocks', '{{if 1}}'.repeat(128)],
    ['open delimiters', '{{'.repeat(512)],
    ['pipes', `{{ 1${'|not'.repeat(250)} }}`],
    ['spaces', `{{ 1${' '.repeat(1000)}`],
    ['backslashes', `{{ "${'\\'.repeat(1000)}`],
  ])('of many %s ends with an answer', (_, text) => {
    const outcome = () => {
      try {
        return render(text);
      } catch (error) {
        return error;
      }
    };
    const answer = outcome();
    expect(typeof answer === 'string' || answer instanceof ImageBuilderError).toBe(true);
  });
});
