import { humanBytes, humanSeconds } from '../core/index.ts';
import type { StepOutcome } from './events.ts';
import { textWidth, truncate } from './text-width.ts';

/** One step as the live view knows it; its texts are neutralised. */
export interface TtyStep {
  readonly label: string;
  readonly platform: string;
  readonly internal: boolean;
  /** Milliseconds, when it was last started. */
  startedAt: number;
  lastLine: string;
  bytes?: { readonly current: number; readonly total?: number } | undefined;
}

export interface Canvas {
  readonly columns: number;
  readonly colors: boolean;
}

const styles = { dim: '2', red: '31', green: '32', yellow: '33', bold: '1' } as const;
export type Style = keyof typeof styles;

/** The text in that style, or as it is when colours are off. */
export function styled(text: string, style: Style, { colors }: Pick<Canvas, 'colors'>): string {
  return colors ? `\x1b[${styles[style]}m${text}\x1b[0m` : text;
}

const marks: Readonly<Record<StepOutcome, { readonly mark: string; readonly style: Style }>> = {
  done: { mark: '✓', style: 'green' },
  cached: { mark: '✓', style: 'dim' },
  failed: { mark: '✗', style: 'red' },
  cancelled: { mark: '-', style: 'dim' },
};

/** The line that a finished step leaves behind. */
export function finishedLine(
  step: TtyStep,
  end: { outcome: StepOutcome; seconds: number },
  canvas: Canvas,
): string {
  const { mark, style } = marks[end.outcome];
  const body = withTime(step.label, humanSeconds(end.seconds), canvas.columns - 2);
  return `${styled(mark, style, canvas)} ${body}`;
}

/** What a running step shows now: its line, and the last thing it said below it. */
export function runningLines(step: TtyStep, now: number, canvas: Canvas): string[] {
  const bytes = step.bytes === undefined ? '' : `  ${printBytes(step.bytes)}`;
  const time = `${humanSeconds((now - step.startedAt) / 1000)}${bytes}`;
  const lines = [`${styled('•', 'yellow', canvas)} ${withTime(step.label, time, canvas.columns - 2)}`];
  if (step.lastLine !== '')
    lines.push(styled(truncate(`  │ ${step.lastLine}`, canvas.columns), 'dim', canvas));
  return lines;
}

function withTime(label: string, time: string, columns: number): string {
  return `${truncate(label, Math.max(columns - textWidth(time) - 2, 8))}  ${time}`;
}

function printBytes({ current, total }: NonNullable<TtyStep['bytes']>): string {
  if (total === undefined || total <= 0) return humanBytes(current);
  const cells = 12;
  const full = Math.min(cells, Math.round((cells * current) / total));
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)} ${humanBytes(current)}/${humanBytes(total)}`;
}
