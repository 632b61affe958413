import { describe, expect, test } from 'vitest';
import { openAzureDevOps, outputOf, recordOf } from '../../fakes/azure-devops/open-azure-devops.ts';
import { parseLoggingCommand } from '../../fakes/azure-devops/pipeline/commands/logging-command.ts';
import type { Run } from '../../fakes/azure-devops/runs/run.ts';
import type { Switches } from '../../fakes/azure-devops/switches.ts';

interface Printing {
  /** Settings of the step, in YAML. */
  readonly settings?: string;
  /** The script of the step after it. */
  readonly after?: string;
  readonly switches?: Partial<Switches>;
}

/** Runs a step that prints these lines, and a step after it. */
async function printing(lines: readonly string[], order: Printing = {}): Promise<Run> {
  const { settings = '', after = 'true', switches = {} } = order;
  const text = Buffer.from(`${lines.join('\n')}\n`).toString('base64');
  const yaml = `
pool: default
steps:
  - script: echo ${text} | base64 -d
    name: print
    ${settings}
  - script: ${JSON.stringify(after)}
    name: after
    condition: always()
    env: { V: $(v), OUT: $(print.out) }
`;
  const fake = await openAzureDevOps({ yaml, switches });
  return fake.run();
}

const restricted = 'target: { container: host, commands: restricted }';

describe('setvariable', () => {
  test('sets a variable for the steps after it, an output variable under the name of the step', async () => {
    const run = await printing(
      [
        '##vso[task.setvariable variable=v]a%3Bb%5D%AZP25',
        'x ##vso[task.setvariable variable=out;isOutput=true]o',
      ],
      { after: 'echo "$V/$OUT"' },
    );
    expect(outputOf(run, 'after')).toEqual(['a;b]%/o']);
    expect(outputOf(run, 'print')).toEqual([]);
  });

  test('of a secret hides it from then on', async () => {
    const run = await printing(
      ['before hush', '##vso[task.setvariable variable=v;issecret=true]hush', 'after hush'],
      {
        after: 'echo "$V"; printenv V',
      },
    );
    expect(outputOf(run, 'print')).toEqual(['before hush', 'after ***']);
    expect(outputOf(run, 'after')).toEqual(['***', '***']);
  });

  test('cannot overwrite an output, and no secret has two lines', async () => {
    const twice = '##vso[task.setvariable variable=print.out]second';
    const run = await printing(['##vso[task.setvariable variable=out;isoutput=true]first', twice], {
      after: 'echo "$OUT"',
    });
    expect(outputOf(run, 'after')).toEqual(['first']);
    expect(recordOf(run, 'print')).toMatchObject({ result: 'failed', errorCount: 2 });
    const secret = await printing(['##vso[task.setvariable variable=v;issecret=true]a%0Ab']);
    expect(recordOf(secret, 'print').issues[1]?.message).toBe('Secrets cannot contain multiple lines');
  });

  test('is refused for variables that the step may not set', async () => {
    const settings = 'target: { settableVariables: [ok*] }';
    const lines = [
      '##vso[task.setvariable variable=okay]1',
      '##vso[task.setvariable variable=v]2',
      '##vso[task.prependpath]/evil',
    ];
    const run = await printing(lines, { settings, after: 'echo "$V $OKAY $PATH"' });
    expect(outputOf(run, 'after')).toEqual(['$(v) 1 /usr/local/bin:/usr/bin:/bin']);
    expect(recordOf(run, 'print').issues.map(({ message }) => message)).toEqual([
      "Setting variable 'v' has been disabled by the task or build definition.",
      "Setting variable 'PATH' has been disabled by the task or build definition.",
    ]);
  });
});

describe('logissue', () => {
  test('puts an issue on the record, with its data and the line of the log', async () => {
    const run = await printing(['one', '##vso[task.logissue type=error;code=E1]broken']);
    const [issue] = recordOf(run, 'print').issues;
    expect(issue).toMatchObject({
      type: 'error',
      category: 'General',
      message: 'broken',
      data: { type: 'error', code: 'E1' },
    });
    const log = run.logs.find(recordOf(run, 'print').logId ?? 0);
    const line = Number(issue?.data.logFileLineNumber);
    expect([...(log?.lines(line, line) ?? [])][0]).toMatch(/Z ##\[error\]broken$/);
    expect(run.result).toBe('succeeded');
  });

  test('keeps ten of each type, and goes on counting', async () => {
    const lines = Array.from(
      { length: 12 },
      (_, at) => `##vso[task.logissue type=${at % 2 ? 'error' : 'warning'}]${at}`,
    );
    const many = await printing([...lines, ...lines, ...lines]);
    const record = recordOf(many, 'print');
    expect([record.errorCount, record.warningCount, record.issues.length]).toEqual([18, 18, 20]);
  });

  test('of a type that does not exist fails the step', async () => {
    const run = await printing(['##vso[task.logissue type=hint]x']);
    expect(recordOf(run, 'print')).toMatchObject({ result: 'failed', errorCount: 2 });
  });
});

describe('restricted commands', () => {
  test.each([
    '##vso[task.uploadsummary]/etc/hostname',
    '##vso[build.addbuildtag]evil',
    '##vso[build.updatebuildnumber]evil',
  ])('leave out %s with a warning', async (line) => {
    const run = await printing([line], { settings: restricted });
    expect(recordOf(run, 'print')).toMatchObject({ result: 'succeeded', warningCount: 1 });
    expect(recordOf(run, 'print').issues[0]?.message).toContain(
      'not allowed in this step due to policy restrictions',
    );
    expect([run.tags.size, run.attachments.length, run.name]).toEqual([
      0,
      0,
      expect.not.stringContaining('evil'),
    ]);
  });

  test('are carried out in a step that is not restricted', async () => {
    const lines = [
      '##vso[task.uploadsummary]/etc/hostname',
      '##vso[build.addbuildtag]tag',
      '##vso[build.updatebuildnumber]7',
    ];
    const run = await printing(lines);
    expect([[...run.tags], run.attachments.map(({ name }) => name), run.name]).toEqual([
      ['tag'],
      ['hostname'],
      '7',
    ]);
  });

  test('still complete the step, as its output likes', async () => {
    const run = await printing(['##vso[task.complete result=SucceededWithIssues]fine'], {
      settings: restricted,
    });
    expect(recordOf(run, 'print')).toMatchObject({
      result: 'succeededWithIssues',
      currentOperation: 'fine',
      percentComplete: 100,
    });
    expect(run.result).toBe('partiallySucceeded');
  });

  test('still write records, into a timeline of the step or into that of the run', async () => {
    const id = '11111111-2222-3333-4444-555555555555';
    const lines = [
      `##vso[task.logdetail id=${id};name=print_image_build_report;type=Task;state=Completed;result=Succeeded]x`,
    ];
    const own = await printing(lines, { settings: restricted });
    expect(recordOf(own, 'print').details?.find(id)).toMatchObject({
      name: 'print_image_build_report',
      result: 'succeeded',
    });
    expect(own.timeline.find(id)).toBeUndefined();
    const main = await printing(lines, { settings: restricted, switches: { logDetail: 'main-timeline' } });
    expect(main.timeline.find(id)).toMatchObject({
      parentId: recordOf(main, 'print').id,
      state: 'completed',
    });
  });

  test('still hide texts, prepend to PATH and show progress', async () => {
    const lines = [
      '##vso[task.setsecret]hush',
      'hush',
      '##vso[task.prependpath]/first',
      '##vso[task.setprogress value=40]half',
    ];
    const run = await printing(lines, { settings: restricted, after: 'echo "$PATH"' });
    expect(outputOf(run, 'print')).toEqual(['***']);
    expect(outputOf(run, 'after')[0]).toMatch(/^\/first:/);
    expect(recordOf(run, 'print')).toMatchObject({ currentOperation: 'half' });
  });
});

describe('other output', () => {
  test('of unknown commands fails the step, of unknown areas warns', async () => {
    const event = await printing(['##vso[task.launch]x']);
    expect(recordOf(event, 'print').issues[1]?.message).toContain(
      '##vso[task.launch] is not a recognized command',
    );
    const area = await printing(['##vso[moon.launch]x']);
    expect(recordOf(area, 'print')).toMatchObject({ result: 'succeeded', warningCount: 1 });
  });

  test('that is nearly a command is printed, with a warning', async () => {
    const run = await printing(['##vso[broken', '##[group]kept', '##vso[task.debug]unseen']);
    expect(outputOf(run, 'print').at(-1)).toBe('##[group]kept');
    expect(recordOf(run, 'print').warningCount).toBe(1);
  });

  test('of stderr is looked through as well', async () => {
    const yaml = `
pool: default
steps:
  - script: 'echo "##vso[task.setvariable variable=v]set" >&2'
  - { script: 'echo $(v)', name: show }
`;
    const fake = await openAzureDevOps({ yaml });
    expect(outputOf(await fake.run(), 'show')).toEqual(['set']);
  });
});

test.each<[line: string, name: string | undefined, data?: string]>([
  ['##vso[task.complete result=Failed;]done', 'task.complete', 'done'],
  ['text before ##vso[task.debug]x', 'task.debug', 'x'],
  ['##vso[a.b.c]x', undefined],
  ['##vso[a]x', undefined],
  ['##vso[task.debug', undefined],
  ['##VSO[task.debug]x', undefined],
])('%j is the command %s', (line, name, data) => {
  const command = parseLoggingCommand(line);
  expect(command && `${command.area}.${command.event}`).toBe(name);
  expect(command?.data).toBe(data);
});
