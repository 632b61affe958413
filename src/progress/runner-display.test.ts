import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ImageBuilderError } from '../core/index.ts';
import {
  debug,
  finished,
  group,
  log,
  openDisplay,
  platform,
  started,
  warning,
} from './collecting-display.ts';
import type { ProgressEvent } from './events.ts';
import { annotateError, azureCommand, githubCommand, neutralise, neutraliseLine } from './index.ts';
import { obeyedByAzure, obeyedByGithub } from './read-as-runner.ts';

const stage = (title: string) => ({ kind: 'stage-started', stage: 'build', title }) as const;
const stageEnd = { kind: 'stage-finished', stage: 'build', outcome: 'done', seconds: 2 } as const;
const run = { kind: 'stage-started', stage: 'run', title: 'run 42' } as const;

describe("for GitHub's runner", () => {
  test('a stage is a group, in which the runner is muted from the first word of the build on', () => {
    const { emit, pass, text, display } = openDisplay('github');
    emit(stage('building app'), started('a', 'RUN make', { platform }));
    pass(400);
    emit(log('a', 'cc main.c\ncc other.c'), started('b', 'COPY . .'), log('a', 'ld'), finished('a', 1.2));
    emit(stageEnd);
    display.close();
    expect(text()).toBe(`::group::building app
#1 linux/arm64 RUN make
::stop-commands::token-1
#1 0.4 | cc main.c
#1 0.4 | cc other.c
#2 COPY . .
#1 0.4 | ld
#1 done 1.2 s
::token-1::
::endgroup::
== build done 2.0 s
`);
    expect(display.showsLogs).toBe(true);
  });

  test('a log from elsewhere is a group of its own, which does not lie within a stage', () => {
    const { emit, text } = openDisplay('github');
    emit(stage('building app'), ...group('Publish', 'one\ntwo'), ...group('Report', 'three'), stageEnd);
    expect(text()).toBe(`::group::building app
::endgroup::
::group::Publish
::stop-commands::token-1
one
two
::token-1::
::endgroup::
::group::Report
::stop-commands::token-2
three
::token-2::
::endgroup::
== build done 2.0 s
`);
  });

  test('the steps of a run elsewhere stay in sight, and outside of groups only what is passed on is muted', () => {
    const { emit, text } = openDisplay('github');
    emit(run, started('a', 'Build'), log('a', 'x'), log('a', 'y'), finished('a', 2));
    expect(text()).toBe(`== run 42
#1 Build
::stop-commands::token-1
#1 0.0 | x
::token-1::
::stop-commands::token-2
#1 0.0 | y
::token-2::
#1 done 2.0 s
`);
  });

  test('a warning becomes an annotation on its line, even while the runner is muted', () => {
    const { emit, text } = openDisplay('github');
    emit(stage('b'), started('a', 'RUN make'), log('a', 'x'), {
      ...warning,
      file: 'images/a,b: c/Dockerfile',
      line: 3,
      title: '100%',
    });
    expect(obeyedByGithub(text()).slice(-2)).toEqual([
      { name: 'token-1', properties: {}, data: '' },
      {
        name: 'warning',
        properties: { file: 'images/a,b: c/Dockerfile', line: '3', title: '100%' },
        data: warning.message,
      },
    ]);
  });

  test('what it would not show of many warnings is counted', () => {
    const { emit, text, display } = openDisplay('github');
    for (let count = 0; count < 13; count++) emit(warning);
    display.close();
    const obeyed = obeyedByGithub(text());
    expect(obeyed.filter(({ name }) => name === 'warning')).toHaveLength(10);
    expect(text().match(/^warning: Dockerfile/gm)).toHaveLength(3);
    expect(obeyed.at(-1)).toEqual({
      name: 'notice',
      properties: {},
      data: 'and 3 more warnings, see the log',
    });
  });

  test('a display that is closed in the middle leaves no group open and nobody muted', () => {
    const { emit, text, display, hasTimer } = openDisplay('github');
    emit(stage('b'), started('a', 'RUN make'), log('a', 'x'));
    display.close();
    expect(text()).toMatch(/::token-1::\n::endgroup::\n$/);
    expect(hasTimer()).toBe(false);
  });
});

describe("for Azure's agent", () => {
  test('stages and logs are groups, ends are sections, and warnings issues', () => {
    const { emit, text, display } = openDisplay('azure');
    emit(stage('building app'), started('a', 'RUN make'), log('a', 'x'));
    emit({ ...warning, message: 'a; [b] 5%', file: 'a;b/Dockerfile', line: 3 }, finished('a', 1), stageEnd);
    emit(run, started('b', 'Build'), ...group('Publish', 'one'), debug);
    display.close();
    expect(text()).toBe(`##[group]building app
#1 RUN make
#1 0.0 | x
##vso[task.logissue type=warning;sourcepath=a%3Bb/Dockerfile;linenumber=3]a%3B [b%5D 5%AZP25
#1 done 1.0 s
##[endgroup]
##[section]build done 2.0 s
##[section]run 42
#2 Build
##[group]Publish
one
##[endgroup]
`);
    expect(obeyedByAzure(text())).toEqual([
      {
        name: 'task.logissue',
        properties: { type: 'warning', sourcepath: 'a;b/Dockerfile', linenumber: '3' },
        data: 'a; [b] 5%',
      },
    ]);
  });

  test('warnings beyond those it keeps are lines', () => {
    const { emit, text, display } = openDisplay('azure');
    for (let count = 0; count < 12; count++) emit(warning);
    display.close();
    expect(obeyedByAzure(text())).toHaveLength(10);
    expect(text().split('\n').slice(10)).toEqual([
      `warning: ${warning.message}`,
      `warning: ${warning.message}`,
      'and 2 more warnings, see the log',
      '',
    ]);
  });
});

/** Everything that others may write into events, all of it this text. */
const everywhere = (text: string): ProgressEvent[] => [
  stage(text),
  started('a', text),
  log('a', text),
  log('a', `before\n${text}\nafter`),
  { kind: 'notice', level: 'warning', message: text, file: text, line: 1, title: text },
  { kind: 'notice', level: 'info', message: text },
  log('a', text),
  { ...finished('a', 1, 'failed'), untrustedError: text },
  stageEnd,
  ...group(text, text),
  { kind: 'group-log', untrustedText: text },
  log('a', text),
];

describe('nobody but us is obeyed', () => {
  const attacks = [
    '::set-output name=x::y',
    '  ::set-output name=x::y',
    '\t\u00a0\u2003::set-env name=PATH::y',
    'x\r::set-output name=x::y',
    '\x1b[0m::set-output name=x::y',
    ':\u200b:set-output name=x::y',
    '::stop-commands::mine',
    '::stop-commands::token-1',
    '::token-1::',
    '::TOKEN-1::',
    '##[token-1]',
    'x ##[Token-2]',
    '\x1b[0m::token\u200b-1::',
    '::endgroup::',
    '##[endgroup]',
    'x ##[add-mask]e',
    '##\x1b[m[add-mask]e',
    '##[set-env name=NODE_OPTIONS]x',
    '##vso[task.setvariable variable=PATH]x',
    'x ##vso[task.complete result=Succeeded]',
    '##VSO[task.complete]',
    '##v\x1b[0mso[task.prependpath]/evil',
    'a]##vso[task.complete]',
    'a,line=2::x\n::set-output name=x::y',
    'a;type=error]##vso[task.complete]',
    'a%0A::set-output name=x::y%0D%0A##vso[task.complete]',
    'a%250A%5D%AZP25',
    '\u001b]8;;::token-1::\u0007x',
  ];

  /** Ours, in the order of `everywhere`. */
  const expected = [
    ...['group', 'stop-commands', 'token', 'warning', 'stop-commands', 'token', 'endgroup'],
    ...['group', 'stop-commands', 'token', 'endgroup', 'stop-commands', 'token', 'stop-commands', 'token'],
  ];

  function judge(text: string): void {
    const github = openDisplay('github');
    github.emit(...everywhere(text));
    github.display.close();
    const obeyed = obeyedByGithub(github.text());
    expect(obeyed.map(({ name }) => name.replace(/^token-\d+$/, 'token'))).toEqual(expected);
    expect(obeyed[0]).toEqual({ name: 'group', properties: {}, data: neutraliseLine(text) });
    expect(obeyed[3]).toMatchObject({ properties: { line: '1' }, data: neutralise(text) });

    const azure = openDisplay('azure');
    azure.emit(...everywhere(text));
    azure.display.close();
    const properties = { type: 'warning', linenumber: '1' };
    const issue = { name: 'task.logissue', properties, data: neutralise(text) };
    expect(obeyedByAzure(azure.text())).toMatchObject([issue]);
  }

  test.each(attacks)('%j', judge);

  test('whatever a build writes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...attacks,
        '::',
        ':',
        '##[',
        '##',
        '[',
        ']',
        'vso[',
        ';',
        ',',
        '=',
        '%',
        '%0A',
        '%AZP25',
      ),
      fc.constantFrom(
        'token-1',
        'token-2',
        '\r',
        '\n',
        ' ',
        '\t',
        '\u00a0',
        '\u200b',
        '\x1b[0m',
        '\x1b',
        '\0',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => judge(pieces.join(''))),
      { numRuns: 1000 },
    );
  });

  test('a line that is passed on never holds the word that would end it', () => {
    const { emit, text } = openDisplay('github');
    emit(...group('a', 'token-1 TOKEN-1 x::token-1::'));
    expect(text().split('\n')[2]).toBe('*** *** x::***::');
  });

  test('the judges would have seen it', () => {
    const speaking = attacks.filter((text) => obeyedByGithub(text).length + obeyedByAzure(text).length > 0);
    expect(speaking.length).toBeGreaterThan(12);
    expect(obeyedByGithub('::stop-commands::Abc\n::endgroup::\n::abc::\nx##[add-mask a=b;c=d]e')).toEqual([
      { name: 'stop-commands', properties: {}, data: 'Abc' },
      { name: 'abc', properties: {}, data: '' },
      { name: 'add-mask', properties: { a: 'b', c: 'd' }, data: 'e' },
    ]);
  });
});

describe('commands', () => {
  const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
  /** Runners cannot be told a value that begins with the sign between name and value. */
  const propertyValue = value.filter((text) => !text.startsWith('='));

  test('a runner reads what was meant, whatever the values', () => {
    fc.assert(
      fc.property(propertyValue, value, (property, data) => {
        const properties = { title: property, line: 7, file: undefined, col: '' };
        const read = { properties: { title: property, line: '7' }, data };
        expect(obeyedByGithub(githubCommand('error', properties, data))).toEqual([
          { name: 'error', ...read },
        ]);
        expect(obeyedByAzure(azureCommand('task.logissue', properties, data))).toEqual([
          { name: 'task.logissue', ...read },
        ]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('errors', () => {
  const place = { file: 'a/Dockerfile', line: 6 };
  const message = '"RUN make" failed: 100%';
  const error = new ImageBuilderError(
    'build.failed',
    message,
    { ...place, output: [] },
    { hint: 'see, there' },
  );

  test('become annotations on the line, with the way out', () => {
    expect(annotateError('github', error)).toBe(
      '::error file=a/Dockerfile,line=6,title=build.failed::"RUN make" failed: 100%25%0Ahint: see, there',
    );
    expect(annotateError('azure', error)).toBe(
      '##vso[task.logissue type=error;sourcepath=a/Dockerfile;linenumber=6;code=build.failed]"RUN make" failed: 100%AZP25%0Ahint: see, there',
    );
  });

  test('of a build elsewhere are those of that build', () => {
    const there = { ...place, url: 'https://dev.azure.com/run', cause: 'build.failed' };
    expect(annotateError('github', new ImageBuilderError('run.failed', message, there))).toBe(
      '::error file=a/Dockerfile,line=6,title=build.failed::"RUN make" failed: 100%25',
    );
  });

  test('are no news to other displays', () => {
    expect(annotateError('plain', error)).toBeUndefined();
  });
});
