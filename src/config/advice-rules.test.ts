import { expect, test } from 'vitest';
import { adviceRules } from './advice-rules.ts';
import { load, printed, problemsOf } from './load-for-test.ts';

test.each([
  ['', adviceRules],
  ['advice: true', adviceRules],
  ['advice: []', adviceRules],
  ['advice: false', []],
  ['advice: [go-build-a, slow-emulation]', adviceRules.filter((rule) => !/^(?:go-build-a|slow-)/.test(rule))],
])('%j leaves these rules in force', async (text, rules) => {
  expect((await load(text)).settings.advice).toEqual(rules);
});

test.each([
  ['advice: [go-build-b]', '1:10 advice[0]: expected one of'],
  ['advice: [go-build-a, go-build-a]', '1:22 advice[1]: "go-build-a" is given twice'],
  ['advice: some', '1:9 advice: expected true, false or a list of rules to leave out, got "some"'],
])('%j is refused', async (text, problem) => {
  const problems = (await problemsOf(text)).map(printed);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(problem);
});
