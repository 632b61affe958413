import { describe, expect, test } from 'vitest';
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

describe('the plain display', () => {
  test('prints events in their order, each line under the number of its step', () => {
    const { emit, pass, text, display } = openDisplay('plain');
    emit({ kind: 'stage-started', stage: 'build', title: 'Build for linux/arm64' });
    emit(started('a', 'builder 2/3 RUN make', { platform }), started('b', 'builder 3/3 COPY . .'));
    pass(400);
    emit(log('a', 'cc main.c\ncc other.c'), finished('b', 0, 'cached'));
    pass(800);
    emit(finished('a', 1.2), warning);
    emit({ kind: 'stage-finished', stage: 'build', outcome: 'done', seconds: 1.2 });
    display.close();
    expect(text()).toBe(`== Build for linux/arm64
#1 linux/arm64 builder 2/3 RUN make
#2 builder 3/3 COPY . .
#1 0.4 | cc main.c
#1 0.4 | cc other.c
#2 cached
#1 done 1.2 s
warning: Dockerfile:3: UndefinedVar: $X
== build done 1.2 s
`);
    expect(display.showsLogs).toBe(true);
  });

  test('says why a step failed', () => {
    const { emit, text } = openDisplay('plain');
    emit(started('a', 'RUN false'), {
      ...finished('a', 3, 'failed'),
      untrustedError: 'exit code: 1\n::error::x',
    });
    expect(text()).toBe('#1 RUN false\n#1 failed 3.0 s: exit code: 1 ::error::x\n');
  });

  test('gives a silent step a line of its own every 30 seconds, with the bytes it moved', () => {
    const { emit, pass, text } = openDisplay('plain');
    emit(started('a', 'RUN make'), started('b', 'pushing'), finished('b', 0.2));
    pass(29_000);
    emit(log('a', 'x'));
    pass(29_000);
    emit({ kind: 'step-progress', id: 'a', current: 1_500_000, total: 3_000_000 });
    pass(32_000);
    expect(text().split('\n').slice(3)).toEqual([
      '#1 29.0 | x',
      '#1 still running, 59 s, 1.5 MB of 3.0 MB',
      '#1 still running, 1 min 29 s, 1.5 MB of 3.0 MB',
      '',
    ]);
  });

  test('does not repeat that a step is done when it was resumed for a moment only', () => {
    const { emit, pass, text } = openDisplay('plain');
    emit(
      started('a', 'FROM base'),
      finished('a', 0.03),
      started('a', 'FROM base'),
      finished('a', 0, 'cached'),
    );
    emit(started('a', 'FROM base'));
    pass(4000);
    emit(finished('a', 4));
    expect(text()).toBe('#1 FROM base\n#1 done 0.0 s\n#1 done 4.0 s\n');
  });

  test('indents a log that comes whole from elsewhere under its title', () => {
    const { emit, text } = openDisplay('plain');
    emit(...group('Stage\nBuild', 'a\n\n::error::b'));
    expect(text()).toBe('-- Stage Build\n   a\n\n   : :error::b\n');
  });

  test('lets a build speak no workflow command', () => {
    const { emit, text } = openDisplay('plain');
    emit(started('a', '::error::name'), log('a', '::set-output name=x::y\n##vso[task.complete]'));
    expect(text()).toBe(
      '#1 : :error::name\n#1 0.0 | : :set-output name=x::y\n#1 0.0 | ## vso[task.complete]\n',
    );
  });

  test('stops its timer when it is closed, and prints nothing afterwards', () => {
    const { emit, hasTimer, display, text } = openDisplay('plain');
    display.close();
    emit(warning);
    expect(hasTimer()).toBe(false);
    expect(text()).toBe('');
  });
});

describe('the JSON display', () => {
  test('prints one object a line with a time, the text neutralised', () => {
    const { emit, pass, text } = openDisplay('json');
    emit(started('a', 'RUN make', { platform }));
    pass(1500);
    emit(log('a', '\x1b[1mhi\n##vso[x]'), finished('a', 1.5), debug);
    const lines = text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      {
        time: '2026-01-02T03:04:05.000Z',
        kind: 'step-started',
        id: 'a',
        stage: 'build',
        name: 'RUN make',
        platform,
      },
      { time: '2026-01-02T03:04:06.500Z', kind: 'step-log', id: 'a', text: 'hi\n## vso[x]' },
      { time: '2026-01-02T03:04:06.500Z', kind: 'step-finished', id: 'a', outcome: 'done', seconds: 1.5 },
    ]);
  });

  test('prints the groups of a log, and the place of a notice', () => {
    const { emit, text } = openDisplay('json');
    emit(...group('Build ##[x]', 'a\nb'), { ...warning, file: 'images/Dockerfile', line: 3 });
    const lines = text().trimEnd().split('\n');
    expect(lines.map((line) => ({ ...JSON.parse(line), time: undefined }))).toEqual([
      { kind: 'group-started', title: 'Build ## [x]' },
      { kind: 'group-log', text: 'a\nb' },
      { kind: 'group-finished' },
      { ...warning, file: 'images/Dockerfile', line: 3 },
    ]);
  });
});

describe('the quiet display', () => {
  test('prints warnings and nothing else', () => {
    const { emit, text, display } = openDisplay('quiet');
    emit(
      started('a', 'RUN make'),
      log('a', 'x'),
      ...group('t', 'x'),
      warning,
      debug,
      finished('a', 1, 'failed'),
    );
    expect(text()).toBe('warning: Dockerfile:3: UndefinedVar: $X\n');
    expect(display.showsLogs).toBe(false);
  });
});

test.each(['plain', 'tty', 'json'] as const)('%s shows debug notices only when asked to', (mode) => {
  for (const wanted of [true, false]) {
    const { emit, display, text } = openDisplay(mode, { debug: wanted });
    emit(debug);
    display.close();
    expect(text().includes('buildx build .')).toBe(wanted);
  }
});

test.each(['plain', 'tty', 'json', 'quiet'] as const)('%s survives events of steps it never saw', (mode) => {
  const { emit, display } = openDisplay(mode);
  emit(log('x', 'y'), finished('x', 1), { kind: 'step-progress', id: 'x', current: 1 });
  expect(() => display.close()).not.toThrow();
});
