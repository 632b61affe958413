import { describe, expect, test } from 'vitest';
import { evaluate } from '../../fakes/azure-devops/pipeline/expressions/evaluate.ts';
import { parseExpression } from '../../fakes/azure-devops/pipeline/expressions/parse-expression.ts';
import type { Value } from '../../fakes/azure-devops/pipeline/expressions/value.ts';

const parameters = new Map<string, Value>([
  ['Name', 'App'],
  ['flag', true],
  ['off', false],
  ['count', 3],
  ['empty', ''],
  ['list', ['a', 'b']],
  ['map', new Map([['key', 'value']])],
  ['jobs', [new Map([['name', 'x']]), new Map([['name', 'y']]), new Map([['other', 'z']])]],
]);

function valueOfExpression(source: string): Value {
  const names = { parameters };
  return evaluate(parseExpression(source, { names: Object.keys(names) }), { names, closed: ['parameters'] });
}

describe('an expression', () => {
  test.each<[source: string, value: Value]>([
    ["'it''s'", "it's"],
    ['-1.5', -1.5],
    ['TRUE', true],
    ['parameters.Name', 'App'],
    ["parameters['name']", 'App'],
    ['parameters.map.key', 'value'],
    ['parameters.map.missing', null],
    ['parameters.list[1]', 'b'],
    ['parameters.list[5]', null],
    ['parameters.jobs.*.name', ['x', 'y']],
    ["eq(parameters.Name, 'APP')", true],
    ["ne(parameters.Name, 'x')", true],
    ["eq(parameters.count, '3')", true],
    ["eq(parameters.count, 'three')", false],
    ["eq(parameters.empty, '')", true],
    ["eq(parameters.map.missing, '')", true],
    ['and(true, parameters.flag, 1)', true],
    ['or(false, parameters.empty, 0)', false],
    ['not(parameters.off)', true],
    ['xor(true, false)', true],
    ["in('b', 'a', 'B')", true],
    ["notIn('c', 'a', 'b')", true],
    ["contains('feature/$(X)', '$(')", true],
    ["contains(parameters.flag, 'RU')", true],
    ["containsValue(parameters.list, 'B')", true],
    ["startsWith(parameters.Name, 'ap')", true],
    ["endsWith(parameters.Name, 'PP')", true],
    ["format('{0}-{1}{{}}', parameters.Name, parameters.flag)", 'App-True{}'],
    ["join(';', parameters.list)", 'a;b'],
    ["lower('AbC')", 'abc'],
    ["upper('AbC')", 'ABC'],
    ["trim('  a ')", 'a'],
    ["replace('a.b.c', '.', '-')", 'a-b-c'],
    ["split('a,b', ',')", ['a', 'b']],
    ["length('four')", 4],
    ['length(parameters.list)', 2],
    ["coalesce(parameters.empty, parameters.map.missing, 'last')", 'last'],
    ["iif(parameters.flag, 'yes', 'no')", 'yes'],
    ['gt(parameters.count, 2)', true],
    ["le('a', 'B')", true],
    ['convertToJson(parameters.map)', '{\n  "key": "value"\n}'],
  ])('%s is %j', (source, value) => {
    expect(valueOfExpression(source)).toEqual(value);
  });

  test('takes every text but the empty one for true, as the service does', () => {
    expect(valueOfExpression("eq(parameters.flag, 'false')")).toBe(true);
    expect(valueOfExpression("eq(parameters.flag, '')")).toBe(false);
  });

  test.each<[source: string, words: string]>([
    ['', 'An expression is expected'],
    ['variables.X', "Unrecognized value: 'variables'. Located at position 1 within expression: variables.X."],
    ["eq('a', unknown('b'))", "Unrecognized function: 'unknown'. Located at position 9"],
    ["eq('a')", "Unexpected number of parameters (too few) of function: 'eq'"],
    ['not(true, false)', 'too many'],
    ["eq('a', 'b'", "Unexpected symbol: ''"],
    ['true false', "Unexpected symbol: 'false'"],
    ["'open", "Unexpected symbol: '''"],
    ['1.2.3', "Unexpected symbol: '1'"],
    ['a == b', "Unexpected symbol: '='"],
    ['parameters.Missing', '"parameters" has no "Missing"'],
    ["format('{1}', 'a')", 'has a wrong "{1}"'],
    ["format('{0}', parameters.list)", 'Unable to convert'],
  ])('that reads %j is refused', (source, words) => {
    expect(() => valueOfExpression(source)).toThrow(words);
  });
});
