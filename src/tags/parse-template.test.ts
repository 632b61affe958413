import { describe, expect, test } from 'vitest';
import { isFailure } from '../core/index.ts';
import { checkTemplate, parseTemplate } from './parse-template.ts';
import { templateFacts } from './template-language.ts';

function faultOf(text: string): { position: number | undefined; problem: string; hint: string | undefined } {
  try {
    parseTemplate(text);
  } catch (error) {
    if (!isFailure(error, 'tag.invalid')) throw error;
    const { position } = error.details;
    const start = `tag template "${text}" `;
    const end = ` at column ${position}`;
    expect(error.message.startsWith(start) && error.message.endsWith(end)).toBe(true);
    return { position, problem: error.message.slice(start.length, -end.length), hint: error.hint };
  }
  throw new Error('expected a failure');
}

describe('a wrong template is refused with its position', () => {
  test.each([
    ['v{{ .Dat }}', 5, 'uses unknown field ".Dat"'],
    ['{{ .date }}', 4, 'uses unknown field ".date"'],
    ['{{ .Missing }}', 4, 'uses unknown field ".Missing"'],
    ['{{ .constructor }}', 4, 'uses unknown field ".constructor"'],
    ['{{ .Date.Year }}', 4, 'uses unknown field ".Date.Year"'],
    ['{{ .Time }}', 4, 'uses unknown field ".Time"'],
    ['{{ .Time.Unix }}', 4, 'uses unknown field ".Time.Unix"'],
    ['{{ .Time.Format }}', 4, 'calls ".Time.Format" with 0 arguments'],
    ['{{ .Env }}', 4, 'calls ".Env" with 0 arguments'],
    ['{{ .Env "A" "B" }}', 4, 'calls ".Env" with 2 arguments'],
    ['{{ printf "%s" .Env "A" }}', 16, 'calls ".Env" with 0 arguments'],
    ['{{ "A" | .Env "B" }}', 10, 'calls ".Env" with 2 arguments'],
    ['{{ lower .Date }}', 4, 'uses unknown function "lower"'],
    ['{{ toString }}', 4, 'uses unknown function "toString"'],
    ['{{ Date }}', 4, 'uses unknown function "Date"'],
    ['{{ printf }}', 4, 'calls "printf" with 0 arguments'],
    ['{{ slice .Date 1 2 3 }}', 4, 'calls "slice" with 4 arguments'],
    ['{{ eq .Date }}', 4, 'calls "eq" with 1 argument'],
    ['{{ not 1 2 }}', 4, 'calls "not" with 2 arguments'],
    ['{{ .Date', 1, 'has an action that is not closed'],
    ['a{{', 2, 'has an action that is not closed'],
    ['{{ .Date }', 10, 'has an unexpected "}"'],
    ['{{ }}', 4, 'lacks a value before "}}"'],
    ['{{}}', 3, 'lacks a value before "}}"'],
    ['{{- }}', 5, 'lacks a value before "}}"'],
    ['{{- -}}', 5, 'has an unexpected "-"'],
    ['{{-.Date}}', 3, 'has an unexpected "-"'],
    ['{{ .Date-}}', 9, 'has an unexpected "-"'],
    ['{{ . }}', 4, 'has an unexpected "."'],
    ['{{ $x := 1 }}', 4, 'has an unexpected "$"'],
    ["{{ 'x' }}", 4, 'has an unexpected "\'"'],
    ['{{ .Date, .Env }}', 9, 'has an unexpected ","'],
    ['{{ .Date 😀 }}', 10, 'has an unexpected "😀"'],
    ['{{ "abc }}', 4, 'has a string that is not closed'],
    ['{{ `abc }}', 4, 'has a string that is not closed'],
    ['{{ "\\q" }}', 4, 'has a string with a wrong escape'],
    ['{{ "\\ud800" }}', 4, 'has a string with a wrong escape'],
    ['{{ "\\xff" }}', 4, 'has a string with a wrong escape'],
    ['{{ "\\\'" }}', 4, 'has a string with a wrong escape'],
    ['{{ 1.5 }}', 4, 'holds the number "1.5"'],
    ['{{ 0x10 }}', 4, 'holds the number "0x10"'],
    ['{{ 010 }}', 4, 'holds the number "010"'],
    ['{{ 99999999999999999999 }}', 4, 'holds the number "99999999999999999999"'],
    ['{{ .Date "x" }}', 10, 'gives an argument to a value'],
    ['{{ .Date .Date }}', 10, 'gives an argument to a value'],
    ['{{ "a"."b" }}', 7, 'has an unexpected "."'],
    ['{{ "a".Date }}', 7, 'gives an argument to a value'],
    ['{{ true 1 }}', 9, 'gives an argument to a value'],
    ['{{ printf"a" }}', 10, 'lacks a space'],
    ['{{ printf "a"(.Date) }}', 14, 'lacks a space'],
    ['{{ .Date | }}', 12, 'lacks a value before "}}"'],
    ['{{ | .Date }}', 4, 'lacks a value before "|"'],
    ['{{ .Date | "x" }}', 12, 'pipes into a value'],
    ['{{ .Date | .ShortSHA }}', 12, 'pipes into a value'],
    ['{{ (.Date }}', 4, 'has a parenthesis that is not closed'],
    ['{{ .Date) }}', 9, 'has an unexpected ")"'],
    ['{{ () }}', 5, 'lacks a value before ")"'],
    ['{{ (.Time).Format "2006" }}', 5, 'uses unknown field ".Time"'],
    ['{{ if true }}a', 1, 'has an if without an end'],
    ['{{ if true }}a{{ else }}b', 1, 'has an if without an end'],
    ['{{ if }}a{{ end }}', 7, 'lacks a value before "}}"'],
    ['a{{ end }}', 2, 'has an {{ end }} without an if'],
    ['a{{ else }}', 2, 'has an {{ else }} without an if'],
    ['a{{ else if 1 }}', 2, 'has an {{ else if }} without an if'],
    ['{{ if 1 }}{{ else }}{{ else }}{{ end }}', 21, 'has an {{ else }} after {{ else }}'],
    ['{{ if 1 }}{{ else }}{{ else if 1 }}{{ end }}', 21, 'has an {{ else if }} after {{ else }}'],
    ['{{ if 1 }}a{{ end if }}', 19, 'has an unexpected "if"'],
    ['{{ printf "%s" if }}', 16, 'has a misplaced "if"'],
    ['{{ range .Date }}', 4, 'uses "range", which tag templates do not have'],
    ['{{ with .Date }}{{ end }}', 4, 'uses "with", which tag templates do not have'],
    ['{{ define "x" }}', 4, 'uses "define", which tag templates do not have'],
    ['{{ nil }}', 4, 'uses "nil", which tag templates do not have'],
    ['{{/* note }}', 1, 'has a comment that is not closed'],
    ['{{/* note */ .Date }}', 1, 'has a comment beside other words'],
    ['a{{ /* note */ }}', 5, 'has an unexpected "/"'],
  ])('%j', (template, position, problem) => {
    expect(faultOf(template)).toMatchObject({ position, problem });
  });

  test.each([
    [
      '{{ .Dat }}',
      'did you mean ".Date"? known fields: .Date, .ShortSHA, .CommitSHA, .PRNumber, .Time.Format, .Env',
    ],
    ['{{ .Nothing }}', 'known fields: .Date, .ShortSHA, .CommitSHA, .PRNumber, .Time.Format, .Env'],
    ['{{ print "x" }}', 'did you mean "printf"? known functions: and, eq, len, ne, not, or, printf, slice'],
    ['{{ slice }}', 'write slice TEXT [START [END]], in parentheses where it is an argument itself'],
    ['{{ if true }}', 'close it with {{ end }}'],
  ])('%j has the hint %j', (template, hint) => {
    expect(faultOf(template).hint).toBe(hint);
  });
});

describe('the limits of a template', () => {
  test('1024 characters are taken, one more is refused without printing them all', () => {
    expect(parseTemplate('a'.repeat(1024)).nodes).toHaveLength(1);
    const problem = checkTemplate('a'.repeat(1025));
    expect(problem?.message).toMatch(/^tag template "a{96}…" is longer than 1024 characters at column 1025$/);
  });

  test('32 levels are taken, one more is refused', () => {
    const nested = (depth: number) => `{{ ${'('.repeat(depth)}1${')'.repeat(depth)} }}`;
    expect(checkTemplate(nested(32))).toBeUndefined();
    expect(checkTemplate(nested(33))?.message).toContain('is nested more than 32 deep at column 36');
    const blocks = (depth: number) => `${'{{if 1}}'.repeat(depth)}a${'{{end}}'.repeat(depth)}`;
    expect(checkTemplate(blocks(32))).toBeUndefined();
    expect(checkTemplate(blocks(33))?.message).toContain('is nested more than 32 deep at column 257');
  });

  test('an else-if chain is not nesting', () => {
    const chain = `{{if 0}}${'{{else if 0}}'.repeat(60)}{{end}}`;
    expect(checkTemplate(chain)).toBeUndefined();
  });
});

describe('checking a template without facts', () => {
  test.each(templateFacts)('knows the documented field $name', ({ name, description }) => {
    expect(checkTemplate(`{{ ${name} }}`)).toBeUndefined();
    expect(description).not.toBe('');
  });

  test('finds nothing in a right one, whatever the build lacks', () => {
    expect(checkTemplate('{{ .PRNumber }}-{{ .Env "ANY" }}')).toBeUndefined();
  });

  test('tells the fault and the way out, on one line', () => {
    expect(checkTemplate('a\n::error::{{ .Datee }}')).toEqual({
      message: 'tag template "a\\n::error::{{ .Datee }}" uses unknown field ".Datee" at column 15',
      hint: expect.stringContaining('did you mean ".Date"?'),
    });
  });
});
