import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lintFile } from '../scripts/lint/lint-file.ts';
import { filesToLint, repositoryContext } from '../scripts/lint/read-files.ts';

const root = join(import.meta.dirname, '..');
const context = repositoryContext();

/** What the linters say of a file in which `text` is replaced by `wrong`. */
async function lintChanged(path: string, source: string, [text, wrong]: readonly [string, string]) {
  const whole = readFileSync(join(root, source), 'utf8');
  expect(whole).toContain(text);
  const problems = await lintFile({ path, text: whole.replace(text, () => wrong) }, context);
  return problems.map(({ message }) => message);
}

describe('the files that other programs run', () => {
  test('are found', () => {
    expect(filesToLint().map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        '.github/actions/expose-jwt-action/action.yml',
        '.github/actions/image-builder/action.yml',
        '.github/workflows/ci.yml',
        '.github/workflows/image-builder.yml',
      ]),
    );
  });

  test.each(filesToLint())('$path is without fault', async (file) => {
    expect(await lintFile(file, context)).toEqual([]);
  });
});

const workflow = '.github/workflows/image-builder.yml';
const lintWorkflow = (...change: readonly [string, string]) => lintChanged(workflow, workflow, change);

describe('in a workflow', () => {
  test.each([
    ['if [[ "$OWNER"', 'if [[ "${{ github.head_ref }}"', /"github.head_ref" is potentially untrusted/],
    ['if [[ "$OWNER"', 'if [[ "${{ inputs.name }}"', /no expression belongs into a script/],
    ['github.repository_owner', 'github.repo', /property "repo" is not defined/],
    ['${{ inputs.target }}', '${{ inputs.tarjet }}', /property "tarjet" is not defined/],
    ['${{ inputs.target }}', '', /input "target" is read nowhere/],
    ['steps.build.outputs.digest', 'steps.built.outputs.digest', /property "built" is not defined/],
    ['id-token: write', 'id-token: admin', /"admin" is invalid for permission/],
    ['    timeout-minutes: 150\n', '', /the job has no timeout-minutes/],
    ['timeout-minutes: 150', 'timeout-minute: 150', /unexpected key "timeout-minute"/],
    ['permissions: {}', 'permissions: read-all', /expected "permissions: \{\}" on top/],
    [
      '    permissions:\n      contents: read\n      id-token: write\n',
      '',
      /the job has no permissions of its own/,
    ],
    ['@3d3c42e5aac5ba805825da76410c181273ba90b1', '@v7', /"actions\/checkout@v7" can move/],
    ['          persist-credentials: false\n', '', /checkout leaves a credential behind/],
    ['azure-client-id:', 'azure-clientid:', /has no input "azure-clientid"/],
    ['./.github/actions/image-builder', './.github/actions/builder', /there is no action at/],
    ['jobs:', 'jobs: [', /Flow sequence/],
  ] as const)('%j, made into %j, is caught', async (text, wrong, message) => {
    expect(await lintWorkflow(text, wrong)).toContainEqual(expect.stringMatching(message));
  });
});

describe('in a workflow of a caller', () => {
  const caller = (reference: string, input: string) => ({
    path: 'examples/workflows/build.yml',
    text: [
      'on: push',
      'permissions: {}',
      'jobs:',
      '  image:',
      '    permissions: { contents: read, id-token: write }',
      `    uses: ${reference}`,
      `    with: { ${input}: ./Dockerfile }`,
      '',
    ].join('\n'),
  });
  const trusted = 'kyma-project/test-infra/.github/workflows/image-builder.yml@main';

  test('the trusted reference and an input that there is are fine', async () => {
    expect(await lintFile(caller(trusted, 'dockerfile'), context)).toEqual([]);
  });

  test.each([
    [trusted, 'docker-file', /Invalid input, docker-file/],
    [trusted.replace('main', 'v1'), 'dockerfile', /can move/],
  ])('%s with %s is caught', async (reference, input, message) => {
    const problems = await lintFile(caller(reference, input), context);
    expect(problems.map((problem) => problem.message)).toContainEqual(expect.stringMatching(message));
  });
});

const action = '.github/actions/image-builder/action.yml';

describe('in an action', () => {
  test.each([
    ['using: node24', 'using: node99', /Unexpected value 'node99'/],
    ['post-if:', 'postif:', /Unexpected value 'postif'/],
    ['  main: dist/main.js\n', '', /'main' is required/],
    ['required: false', 'required: perhaps', /Unexpected value 'perhaps'/],
  ] as const)('%j, made into %j, is caught', async (text, wrong, message) => {
    expect(await lintChanged(action, action, [text, wrong])).toContainEqual(expect.stringMatching(message));
  });
});

const pipeline = 'test/fixtures/lint/pipeline.yml';
const lintPipeline = (...change: readonly [string, string]) =>
  lintChanged('azure-pipelines/pipeline.yml', pipeline, change);

describe('a pipeline', () => {
  test('in which everything is right has no fault', async () => {
    expect(await lintPipeline('stages:', 'stages:')).toEqual([]);
  });

  test.each([
    // Text of a caller in a script, or its way to a secret.
    [
      'pipeline identify --parameters',
      'pipeline identify ${{ parameters.RepoName }}',
      /no expression belongs/,
    ],
    ['--parameters --output', '--name "$(RepoName)" --output', /"\$\(RepoName\)" is put into the script/],
    ['--parameters --output', '--parameters; id --output', /expected one command/],
    ['--parameters --output', '--parameters && id --output', /expected one command/],
    ['--parameters --output', '--parameters `id` --output', /expected one command/],
    ['script: exec image-builder pipeline', 'script: sh -c', /expected one command/],
    [
      'SOURCE_TOKEN: $(SOURCE_TOKEN)',
      'NAME: ${{ parameters.RepoName }}',
      /would be replaced, by a secret too/,
    ],
    ["contains(parameter.value, '$(')", "contains(parameter.key, '$(')", /would be replaced/],
    ["contains(parameter.value, '$(')", "eq(parameter.value, '')", /would be replaced/],
    [
      'PARAMETER_${{ parameter.key }}: ${{ parameter.value }}',
      'A: x${{ parameter.value }}',
      /would be replaced/,
    ],
    [
      '            name: identify\n',
      '            displayName: ${{ parameters.RepoName }}\n',
      /would be replaced/,
    ],
    // What a step may say to the agent.
    ['container: host, commands: restricted', 'container: host, commands: any', /may speak every command/],
    [
      '            target: { container: host, commands: restricted, settableVariables: none }\n',
      '',
      /may speak every command/,
    ],
    [', settableVariables: none', '', /may set every variable/],
    // Names that lead nowhere.
    ['parameters.Authorization', 'parameters.Autorization', /no parameter "Autorization"/],
    ['dependsOn: identify', 'dependsOn: identity', /depends on "identity", which does not come before/],
    ['dependsOn: identify', 'dependsOn: build', /depends on "build", which does not come before/],
    ['dependencies.identify.result', 'dependencies.identity.result', /does not depend on stage "identity"/],
    ['dependsOn: identify', 'dependsOn: []', /does not depend on "identify"/],
    ["outputs['identify.nodes']", "outputs['identify.pools']", /may not set "pools"/],
    ["outputs['identify.nodes']", "outputs['identity.nodes']", /has no step "identity"/],
    ['identify.identify.outputs) ]', 'identify.identity.outputs) ]', /has no job "identity"/],
    [
      '            artifact: identified\n          - script',
      '            artifact: other\n          - script',
      /publishes "other"/,
    ],
    ['- job: build', '- job: build-it', /"build-it" is no name/],
    ['- stage: build', '- stage: identify', /one that is taken/],
    // Shape.
    ['        timeoutInMinutes: 150\n', '', /job "build" has no timeoutInMinutes/],
    ['        cancelTimeoutInMinutes: 2\n', '', /job "build" has no cancelTimeoutInMinutes/],
    ['cancelTimeoutInMinutes: 2', 'cancelTimeoutInMinutes: 0', /has no cancelTimeoutInMinutes above zero/],
    ['pool: { name: identifiers }', 'pool: {}', /names no pool/],
    ['dependsOn: identify', 'dependOn: identify', /there is no "dependOn" here/],
    [
      '            env:\n              IDENT',
      '            environment:\n              IDENT',
      /no "environment" here/,
    ],
    [
      '- checkout: none\n          - download',
      '- checkout: self\n          - download',
      /checks the pipeline out/,
    ],
    ['- download: current', '- fetch: current', /a step is one of/],
    ['trigger: none', 'triggers: none', /a pipeline has no "triggers"/],
    ['type: boolean', 'type: bool', /has the type "bool"/],
    ['default: false', "default: 'no'", /its default is none/],
    ['default: plain', 'default: hex', /none of its values/],
    ['stages:', 'steps:', /the pipeline has no stages/],
  ] as const)('with %j made into %j is caught', async (text, wrong, message) => {
    expect(await lintPipeline(text, wrong)).toContainEqual(expect.stringMatching(message));
  });

  test('says where', async () => {
    const text = readFileSync(join(root, pipeline), 'utf8').replace(
      'dependsOn: identify',
      'dependsOn: other',
    );
    const line = text.split('\n').findIndex((each) => each.includes('dependsOn: other')) + 1;
    const problems = await lintFile({ path: 'azure-pipelines/x.yml', text }, context);
    expect(problems[0]).toMatchObject({ path: 'azure-pipelines/x.yml', line });
  });
});
