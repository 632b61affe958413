import { describe, expect, test } from 'vitest';
import { createDisplay } from './create-display.ts';
import type { DisplayMode, Schedule } from './display.ts';
import type { ProgressEvent } from './events.ts';

/** A display on a collector, with a clock that only moves when told to and ticks the display's timer. */
function openDisplay(mode: DisplayMode, { columns = 60, colors = false, debug = false } = {}) {
  const written: string[] = [];
  let now = Date.UTC(2026, 0, 2, 3, 4, 5);
  let timer: { task: () => void; every: number; next: number } | undefined;
  const schedule: Schedule = (task, every) => {
    timer = { task, every, next: now + every };
    return () => {
      timer = undefined;
    };
  };
  const stream = { columns, write: (text: string) => written.push(text) };
  const display = createDisplay({ mode, stream, clock: () => now, schedule, colors, debug });
  return {
    display,
    written,
    text: () => written.join(''),
    hasTimer: () => timer !== undefined,
    emit: (...events: ProgressEvent[]) => events.forEach((event) => void display.emit(event)),
    pass(milliseconds: number) {
      const end = now + milliseconds;
      while (timer !== undefined && timer.next <= end) {
        now = timer.next;
        timer.next += timer.every;
        timer.task();
      }
      now = end;
    },
  };
}

const started = (id: string, untrustedName: string, more: { platform?: string; internal?: boolean } = {}) =>
  ({ kind: 'step-started', id, stage: 'build', untrustedName, ...more }) as const;
const finished = (
  id: string,
  seconds: number,
  outcome: 'done' | 'cached' | 'failed' | 'cancelled' = 'done',
) => ({ kind: 'step-finished', id, outcome, seconds }) as const;
const log = (id: string, untrustedText: string) => ({ kind: 'step-log', id, untrustedText }) as const;
const warning = { kind: 'notice', level: 'warning', message: 'Dockerfile:3: UndefinedVar: $X' } as const;
const debug = { kind: 'notice', level: 'debug', message: 'buildx build .' } as const;
const platform = 'linux/arm64';

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

describe('the live view', () => {
  /** What a terminal of endless height shows after these writes. */
  function screen(written: readonly string[]): string[] {
    const lines: string[] = [];
    for (const text of written) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: reads what a terminal reads
      for (const [part] of text.matchAll(/\x1b\[\??\d*[a-zA-Z]|[^\x1b\n]*\n/g)) {
        const isUp = part.startsWith('\x1b[') && part.endsWith('A');
        if (isUp) lines.splice(lines.length - Number(part.slice(2, -1)));
        else if (part.endsWith('\n')) lines.push(part.slice(0, -1));
      }
    }
    return lines;
  }

  test('repaints running steps at the bottom and lets finished ones scroll away', () => {
    const { emit, pass, written, display } = openDisplay('tty');
    emit({ kind: 'stage-started', stage: 'build', title: 'Build' });
    emit(started('a', 'builder 2/3 RUN make', { platform }), started('b', 'RUN npm ci'));
    pass(1000);
    emit(log('a', 'cc main.c\nld main\n'));
    pass(1000);
    expect(screen(written)).toEqual([
      'Build',
      '• linux/arm64 builder 2/3 RUN make  2.0 s',
      '  │ ld main',
      '• RUN npm ci  2.0 s',
    ]);
    emit(finished('a', 2.1));
    pass(300);
    expect(screen(written)).toEqual([
      'Build',
      '✓ linux/arm64 builder 2/3 RUN make  2.1 s',
      '• RUN npm ci  2.3 s',
    ]);
    emit(finished('b', 2.4, 'failed'));
    display.close();
    expect(screen(written).at(-1)).toBe('✗ RUN npm ci  2.4 s');
  });

  test('paints at most ten times a second, however many events there are', () => {
    const { emit, pass, written } = openDisplay('tty');
    emit(started('a', 'RUN make'));
    for (let line = 0; line < 1000; line++) emit(log('a', `line ${line}`));
    expect(written).toHaveLength(0);
    pass(1000);
    expect(written).toHaveLength(10);
    expect(screen(written)).toEqual(['• RUN make  1.0 s', '  │ line 999']);
  });

  test('counts cached steps once for each platform', () => {
    const { emit, pass, written } = openDisplay('tty');
    for (const id of ['a', 'b', 'b']) emit(started(id, id, { platform }), finished(id, 0, 'cached'));
    emit(started('c', 'c', { platform: 'linux/amd64' }), finished('c', 0.1), finished('c', 0, 'cached'));
    emit(started('d', 'internal', { internal: true }), finished('d', 0, 'cached'));
    emit({ kind: 'stage-finished', stage: 'build', outcome: 'done', seconds: 1 });
    pass(100);
    expect(screen(written)).toEqual(['✓ linux/arm64 2 steps cached', '✓ linux/amd64 1 step cached']);
  });

  test('shows internal steps only when they take long or fail', () => {
    const { emit, pass, written } = openDisplay('tty');
    const internal = { internal: true };
    emit(started('a', 'load build context', internal), started('b', 'load metadata', internal));
    pass(1000);
    emit(finished('b', 1), started('c', 'auth', internal), finished('c', 0.1, 'failed'));
    pass(2000);
    expect(screen(written)).toEqual(['✗ auth  0.1 s', '• load build context  3.0 s']);
  });

  test('keeps to ten lines and counts the rest', () => {
    const { emit, pass, written } = openDisplay('tty');
    for (let step = 0; step < 30; step++) emit(started(`${step}`, `RUN ${step}`), log(`${step}`, 'working'));
    pass(100);
    expect(screen(written)).toHaveLength(10);
    expect(screen(written).at(-1)).toBe('  and 25 more');
  });

  test('cuts lines to the width of the terminal', () => {
    const { emit, pass, written } = openDisplay('tty', { columns: 30 });
    emit(started('a', `RUN ${'大'.repeat(40)}`), log('a', 'x'.repeat(100)));
    pass(200);
    expect(screen(written)).toEqual(['• RUN 大大大大大大大…  0.2 s', `  │ ${'x'.repeat(24)}…`]);
  });

  test('shows bytes as a bar, or as a number while nobody knows the total', () => {
    const { emit, pass, written } = openDisplay('tty', { columns: 80 });
    emit(started('a', 'push'), { kind: 'step-progress', id: 'a', current: 12_300_000, total: 49_200_000 });
    emit(started('b', 'context'), { kind: 'step-progress', id: 'b', current: 500 });
    pass(100);
    expect(screen(written)).toEqual([
      '• push  0.1 s  ███░░░░░░░░░ 12.3 MB/49.2 MB',
      '• context  0.1 s  500 B',
    ]);
  });

  test('writes colours only when they are wanted', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour is a control sequence
    const color = /\x1b\[\d+m/;
    for (const colors of [true, false]) {
      const { emit, pass, text } = openDisplay('tty', { colors });
      emit(started('a', 'RUN make'), log('a', 'x'), warning);
      pass(100);
      expect(color.test(text())).toBe(colors);
    }
  });

  test('hides the cursor while it paints and gives it back at the end', () => {
    const { emit, pass, written, display, hasTimer } = openDisplay('tty');
    emit(started('a', 'RUN make'));
    pass(200);
    expect(written[0]?.startsWith('\x1b[?25l')).toBe(true);
    display.close();
    expect(written.at(-1)).toBe('\x1b[?25h');
    expect(hasTimer()).toBe(false);
    expect(screen(written)).toEqual([]);
  });

  test('leaves a terminal alone that it never wrote to', () => {
    const { display, written } = openDisplay('tty');
    display.close();
    expect(written).toEqual([]);
  });

  test('lets a build neither move the cursor nor leave its line', () => {
    const { emit, pass, written } = openDisplay('tty');
    emit(started('a', 'RUN \x1b[2Jx\ny'), log('a', '\x1b[10Ahome\r::error::x'));
    pass(100);
    expect(screen(written)).toEqual(['• RUN x y  0.1 s', '  │ : :error::x']);
    expect(written.join('')).not.toContain('\x1b[10A');
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
});

describe('the quiet display', () => {
  test('prints warnings and nothing else', () => {
    const { emit, text, display } = openDisplay('quiet');
    emit(started('a', 'RUN make'), log('a', 'x'), warning, debug, finished('a', 1, 'failed'));
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
