import { expect, test } from 'vitest';
import { loadPipeline } from '../../fakes/azure-devops/pipeline/load-pipeline.ts';

const step = 'steps: [{ script: a }]';
const job = `{ job: j, ${step} }`;

test.each<[what: string, text: string, words: string]>([
  ['nothing', '', 'The pipeline file is empty'],
  ['a list', '[]', 'no mapping'],
  ['broken YAML', 'steps: [', 'Line: 1'],
  ['an unknown key', `stpes: []\n${step}`, "(Line: 1, Col: 1): Unexpected value 'stpes'"],
  ['no stages, jobs or steps', 'pool: default', 'A stage needs jobs or steps'],
  ['a trigger', `trigger: [main]\n${step}`, 'Expected a scalar'],
  ['an extended template', `extends: { template: x.yml }`, "Unexpected value 'extends'"],
  ['an unknown kind of step', 'steps: [{ powershell: x }]', "Unexpected value 'powershell'"],
  ['an unknown task', 'steps: [{ task: Docker@2 }]', "Unexpected value 'task'"],
  ['an unknown key of a step', 'steps: [{ script: x, shell: bash }]', "Unexpected value 'shell'"],
  ['a checkout', 'steps: [{ checkout: self }]', 'only "checkout: none"'],
  ['another download', 'steps: [{ download: other }]', 'no "download: other"'],
  ['another target', 'steps: [{ script: x, target: { container: c } }]', 'only the container "host"'],
  ['another command mode', 'steps: [{ script: x, target: { commands: none } }]', "Unexpected value 'none'"],
  [
    'two steps of a name',
    'steps: [{ script: a, name: x }, { script: b, name: x }]',
    'appears more than once',
  ],
  ['a wrong name', 'steps: [{ script: a, name: a-b }]', "The step name 'a-b' is not valid"],
  ['a wrong number', 'steps: [{ script: a, timeoutInMinutes: soon }]', "got 'soon'"],
  ['a wrong boolean', 'steps: [{ script: a, continueOnError: maybe }]', "got 'maybe'"],
  ['a pool with demands', `pool: { name: a, demands: x }\n${step}`, "Unexpected value 'demands'"],
  ['a pool of images', `pool: { vmImage: ubuntu-latest }\n${step}`, "Unexpected value 'vmImage'"],
  ['a deployment', 'jobs: [{ deployment: d }]', "Unexpected value 'deployment'"],
  ['an unknown dependency', `jobs: [{ job: j, dependsOn: k, ${step} }]`, 'Job j depends on unknown job k.'],
  [
    'jobs in a circle',
    `jobs: [${job}, { job: a, dependsOn: b, ${step} }, { job: b, dependsOn: a, ${step} }]`,
    'depends on itself',
  ],
  [
    'only jobs in a circle',
    `jobs: [{ job: a, dependsOn: b, ${step} }, { job: b, dependsOn: a, ${step} }]`,
    'at least one job with no dependencies',
  ],
  [
    'two stages of a name',
    `stages: [{ stage: s, jobs: [${job}] }, { stage: s, jobs: [${job}] }]`,
    'Stage s appears more than once',
  ],
  [
    'an unknown stage',
    `stages: [{ stage: s, dependsOn: t, jobs: [${job}] }]`,
    'Stage s depends on unknown stage t.',
  ],
  ['a wrong condition', 'steps: [{ script: a, condition: maybe() }]', "Unrecognized function: 'maybe'"],
  [
    'dependencies in the condition of a step',
    'steps: [{ script: a, condition: "eq(dependencies.a.result, 1)" }]',
    "Unrecognized value: 'dependencies'",
  ],
  ['a name in the condition of a step', 'steps: [{ script: a, condition: "succeeded(\'a\')" }]', 'too many'],
  ['a wrong runtime expression', `variables: { a: "$[ nope ]" }\n${step}`, "Unrecognized value: 'nope'"],
  [
    'a matrix that is a text',
    `jobs: [{ job: j, strategy: { matrix: abc }, ${step} }]`,
    'A matrix is a mapping or a runtime expression',
  ],
  ['a wrong leg', `jobs: [{ job: j, strategy: { matrix: { a-b: {} } }, ${step} }]`, "'a-b' is not valid"],
  [
    'another strategy',
    `jobs: [{ job: j, strategy: { parallel: 2 }, ${step} }]`,
    "Unexpected value 'parallel'",
  ],
  ['a template of variables', `variables: [{ template: v.yml }]\n${step}`, "Unexpected value 'template'"],
])('the emulator refuses %s', (_, text, words) => {
  expect(() => loadPipeline(text, {})).toThrow(words);
});
