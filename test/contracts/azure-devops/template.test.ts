import { describe, expect, test } from 'vitest';
import { loadPipeline } from '../../fakes/azure-devops/pipeline/load-pipeline.ts';

type Given = Readonly<Record<string, string>>;

/** A pipeline whose one step has this environment. */
function environmentOf(lines: string, given: Given = {}, parameters = ''): Readonly<Record<string, string>> {
  const { pipeline } = loadPipeline(pipelineWith(lines, parameters), given);
  return pipeline.stages[0]?.jobs[0]?.steps[0]?.env ?? {};
}

function pipelineWith(env: string, parameters: string): string {
  const indented = env.split('\n').map((line) => `      ${line}`);
  return `${parameters}\npool: default\nsteps:\n  - script: env\n    env:\n${indented.join('\n')}\n`;
}

const declared = `parameters:
  - { name: Name, type: string }
  - { name: Flag, type: boolean, default: false }
  - { name: Count, type: number, default: 1 }
  - { name: Kind, type: string, default: a, values: [a, b] }`;

describe('parameters', () => {
  test('take the values of the request, and the default where it gives none', () => {
    const lines = `A: '\${{ parameters.Name }}/\${{ parameters.Count }}'\nB: \${{ parameters.Flag }}`;
    expect(environmentOf(lines, { Name: 'x' }, declared)).toEqual({ A: 'x/1', B: 'False' });
    expect(environmentOf(lines, { name: 'y', FLAG: 'true', Count: '2.5' }, declared)).toEqual({
      A: 'y/2.5',
      B: 'True',
    });
  });

  test.each<[what: string, given: Given, words: string]>([
    ['a missing one', {}, "A value for the 'Name' parameter must be provided."],
    ['one that is not declared', { Name: 'x', Nmae: 'y' }, "Unexpected parameter 'Nmae'"],
    ['no boolean', { Name: 'x', Flag: 'yes' }, 'is not a valid Boolean.'],
    ['no number', { Name: 'x', Count: 'two' }, 'is not a valid Number.'],
    ['a value that is not allowed', { Name: 'x', Kind: 'c' }, 'Allowed values: a,b'],
  ])('refuse %s', (_, given, words) => {
    expect(() => environmentOf('A: a', given, declared)).toThrow(words);
  });

  test('of a type that the emulator does not know are refused by name', () => {
    expect(() => environmentOf('A: a', {}, 'parameters: [{ name: X, type: stepList }]')).toThrow(
      "'stepList'",
    );
  });
});

describe('a template', () => {
  test('goes through parameters in their order, and tells if from else', () => {
    const lines = `\${{ each one in parameters }}:
  \${{ if contains(one.value, '$(') }}:
    REFUSED_\${{ one.key }}: macro
  \${{ elseif eq(one.value, '') }}:
    EMPTY_\${{ one.key }}: 'yes'
  \${{ else }}:
    PARAMETER_\${{ one.key }}: \${{ one.value }}`;
    const parameters = `parameters:
  - { name: B, type: string }
  - { name: A, type: string }
  - { name: C, type: string, default: '' }
  - { name: D, type: boolean, default: true }`;
    const env = environmentOf(lines, { A: '$(SECRET)', B: 'b' }, parameters);
    expect(Object.entries(env)).toEqual([
      ['PARAMETER_B', 'b'],
      ['REFUSED_A', 'macro'],
      ['EMPTY_C', 'yes'],
      ['PARAMETER_D', 'True'],
    ]);
  });

  test('does not look again at what it has put in', () => {
    const env = environmentOf(`A: \${{ parameters.Name }}`, { Name: `\${{ parameters.Flag }}` }, declared);
    expect(env).toEqual({ A: `\${{ parameters.Flag }}` });
  });

  test('inserts into sequences, and mappings into mappings', () => {
    const text = `
parameters: [{ name: Loud, type: boolean, default: true }]
variables: { greeting: hello }
pool: default
steps:
  - \${{ if parameters.Loud }}:
      - script: echo \${{ upper(variables.greeting) }}
  - \${{ if not(parameters.Loud) }}:
      - script: echo quiet
  - \${{ each word in split('a b', ' ') }}:
      - script: echo \${{ word }}
        \${{ insert }}: { displayName: 'Say \${{ word }}' }
`;
    const { pipeline, finalYaml } = loadPipeline(text, {});
    const steps = pipeline.stages[0]?.jobs[0]?.steps ?? [];
    expect(steps.map((step) => step.kind === 'script' && [step.script, step.displayName])).toEqual([
      ['echo HELLO', 'CmdLine'],
      ['echo a', 'Say a'],
      ['echo b', 'Say b'],
    ]);
    expect(finalYaml).not.toContain(`\${{`);
    expect(finalYaml).not.toContain('parameters');
    expect(loadPipeline(finalYaml, {}).pipeline).toEqual(pipeline);
  });

  test.each<[what: string, lines: string, words: string]>([
    ['a key twice', 'A: 1\nA: 2', "'A' is already defined"],
    ['an else without an if', `\${{ else }}:\n  A: 1`, '"else" has no "if" before it'],
    ['an else after something else', `\${{ if true }}:\n  A: 1\nB: 2\n\${{ else }}:\n  C: 3`, 'no "if"'],
    ['an each over a text', `\${{ each x in 'abc' }}:\n  A: 1`, '"each" needs a sequence'],
    ['an expression without an end', `A: \${{ true`, 'The expression is not closed'],
    ['a list in a text', `A: 'x\${{ split(''a'', '','') }}'`, 'Unable to convert'],
    ['a parameter that is not declared', `A: \${{ parameters.Typo }}`, '"parameters" has no "Typo"'],
    ['an anchor', 'A: &anchor x', "Remove the anchor 'anchor'"],
    ['a tag', 'A: !secret x', 'Unresolved tag: !secret'],
  ])('refuses %s', (_, lines, words) => {
    expect(() => environmentOf(lines)).toThrow(words);
  });
});
