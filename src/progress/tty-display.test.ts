import { describe, expect, test } from 'vitest';
import { finished, group, log, openDisplay, platform, started, warning } from './collecting-display.ts';

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

  test('lets a log that comes whole from elsewhere scroll away, however long it is', () => {
    const { emit, pass, written } = openDisplay('tty');
    emit(started('a', 'RUN make'), ...group('Build', `\x1b[2Ja${'\nb'.repeat(200_000)}`));
    pass(100);
    const shown = screen(written);
    expect(shown.slice(0, 3)).toEqual(['Build', '  a', '  b']);
    expect(shown).toHaveLength(200_003);
    expect(shown.at(-1)).toBe('• RUN make  0.1 s');
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
