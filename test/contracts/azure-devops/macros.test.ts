import { describe, expect, test } from 'vitest';
import { openAzureDevOps, outputOf, recordOf } from '../../fakes/azure-devops/open-azure-devops.ts';
import { expandMacros } from '../../fakes/azure-devops/pipeline/agent/macros.ts';

const secret = 'the-key-of-signify';
const groups = { keys: { KEY: { value: secret, isSecret: true }, PLAIN: 'plain' } };

/** What a step prints whose environment has this value, and whose agent has this environment. */
async function printed(
  value: string,
  agent: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const yaml = `
parameters: [{ name: Value, type: string }]
variables: [{ group: keys }, { name: nested, value: '<$(PLAIN)>' }, { name: hidden, value: '<$(KEY)>' }]
pool: default
steps:
  - script: |
      echo "$VALUE"
      printf %s "$VALUE" | rev
    name: show
    env: { VALUE: '\${{ parameters.Value }}' }
`;
  const env = { PATH: '/usr/bin:/bin', ...agent };
  const fake = await openAzureDevOps({ yaml, variableGroups: groups, pools: { default: { env } } });
  const run = await fake.run({ templateParameters: { Value: value } });
  return outputOf(run, 'show');
}

const reversed = (text: string) => [...text].toReversed().join('');

describe('a macro in the environment of a step', () => {
  test('gets the value of a secret, whoever wrote it', async () => {
    expect(await printed('$(KEY)')).toEqual(['***', reversed(secret)]);
  });

  test('gets even the token of the job', async () => {
    const [shown, backwards = ''] = await printed('$(System.AccessToken)');
    expect([shown, backwards.length]).toEqual(['***', 35]);
  });

  test('sees secrets through other variables', async () => {
    expect(await printed('$(hidden)')).toEqual(['***', reversed(`<${secret}>`)]);
  });

  test('gets variables of any case, expanded themselves', async () => {
    expect(await printed('$(NESTED) $(Build.BuildId)')).toEqual(['<plain> 101', '101 >nialp<']);
  });

  test('stays as it was written when nothing has its name', async () => {
    expect(await printed('$(Nobody) $( ) $(')).toEqual(['$(Nobody) $( ) $(', '($ ) ($ )ydoboN($']);
  });

  test('is replaced a second time from the environment of the agent', async () => {
    expect(await printed('$(AGENT_HOME)', { AGENT_HOME: 'home' })).toEqual(['home', 'emoh']);
    expect(await printed('$(agent_home)', { AGENT_HOME: 'home' })).toEqual([
      '$(agent_home)',
      ')emoh_tnega($',
    ]);
    expect(await printed('$(VIA)', { VIA: '$(PLAIN)' })).toEqual(['$(PLAIN)', ')NIALP($']);
  });

  test('loses the spaces around the value', async () => {
    expect(await printed('  x  ')).toEqual(['x', 'x']);
  });
});

test('one pass does not look at what it has put in', () => {
  const values: Readonly<Record<string, string>> = { a: '$(b)', b: 'c' };
  expect(expandMacros('$(a) $(b) $($(b))', (name) => values[name])).toBe('$(b) c $(c)');
});

describe('variables', () => {
  test('reach processes in upper case, secrets only through env', async () => {
    const yaml = `
variables: [{ group: keys }]
pool: default
steps:
  - script: env | grep -E '^(PLAIN|KEY|TF_BUILD|BUILD_BUILDID|SYSTEM_JOBNAME|AGENT_JOBSTATUS)=' | sort
    name: show
`;
    const fake = await openAzureDevOps({ yaml, variableGroups: groups });
    expect(outputOf(await fake.run(), 'show')).toEqual([
      'AGENT_JOBSTATUS=Succeeded',
      'BUILD_BUILDID=101',
      'PLAIN=plain',
      'SYSTEM_JOBNAME=__default',
      'TF_BUILD=True',
    ]);
  });

  test('of a job win over those of its stage, of the file and of the request', async () => {
    const yaml = `
variables: { a: file, b: file, c: file }
stages:
  - stage: s
    variables: { b: stage, c: stage }
    jobs:
      - job: j
        pool: default
        variables: { c: job, sum: "$[ format('{0}{1}', variables.a, variables['d']) ]" }
        steps: [{ script: 'echo $(a) $(b) $(c) $(d) $(sum)', name: show }]
`;
    const fake = await openAzureDevOps({ yaml });
    const run = await fake.run({ variables: { a: { value: 'request' }, d: { value: 'request' } } });
    expect(outputOf(run, 'show')).toEqual(['file stage job request filerequest']);
  });

  test('that are known before the run are seen by the template, those of the run are not', async () => {
    const yaml = `
pool: default
steps: [{ script: 'echo "\${{ variables[''Build.SourceBranch''] }}/\${{ variables[''Build.BuildId''] }}/"', name: show }]
`;
    const fake = await openAzureDevOps({ yaml });
    expect(outputOf(await fake.run(), 'show')).toEqual(['refs/heads/main//']);
  });

  test('of a request can be secret', async () => {
    const yaml = `
pool: default
steps: [{ script: 'echo "$T"; printenv TOKEN', name: show, env: { T: $(TOKEN) } }]
`;
    const fake = await openAzureDevOps({ yaml });
    const run = await fake.run({ variables: { TOKEN: { value: 'jwt', isSecret: true } } });
    expect(outputOf(run, 'show')).toEqual(['***', "##[error]Bash exited with code '1'."]);
    const shown = await (await fake.ask('pipelines/14902/runs/101')).text();
    expect(shown).not.toContain('jwt');
  });

  test('that a request may not set are refused', async () => {
    const pipeline = { settableVariables: ['TOKEN'] };
    const fake = await openAzureDevOps({ yaml: 'pool: default\nsteps: [{ script: a }]', pipeline });
    await expect(fake.start({ variables: { OTHER: { value: 'x' } } })).rejects.toThrow(
      "400: You can't set the following variables (OTHER).",
    );
  });

  test('of a group that is not there are refused', async () => {
    const fake = await openAzureDevOps({ yaml: 'variables: [{ group: nope }]\nsteps: [{ script: a }]' });
    await expect(fake.start()).rejects.toThrow('Variable group nope could not be found');
  });

  test('of a circle stay as they are', async () => {
    const yaml = `
variables: { a: $(b), b: $(a) }
pool: default
steps: [{ script: 'echo "$X"', name: show, env: { X: $(a) } }]
`;
    const fake = await openAzureDevOps({ yaml });
    expect(outputOf(await fake.run(), 'show')).toEqual(['$(b)']);
    expect(recordOf(await fake.run(), 'show').result).toBe('succeeded');
  });
});
