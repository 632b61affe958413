import type { Display, DisplayOptions } from './display.ts';
import type { ProgressEvent, StepOutcome } from './events.ts';
import { neutralise, neutraliseLine } from './neutralise.ts';
import { noticeLine } from './notice-line.ts';
import { stepLabel } from './step-label.ts';
import { truncate } from './text-width.ts';
import { type Canvas, finishedLine, runningLines, styled, type TtyStep } from './tty-lines.ts';

const repaintMilliseconds = 100;
const maxBlockLines = 10;
/** An internal step that takes longer than this is worth a line. */
const longInternalMilliseconds = 2000;
const defaultColumns = 80;
const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';

/**
 * A live view: finished steps scroll away as one line each, running ones are repainted in a small block at the
 * bottom, cached ones are counted per platform.
 */
export function createTtyDisplay(options: DisplayOptions): Display {
  const view = new TtyView(options);
  const stop = options.schedule(() => view.repaint(), repaintMilliseconds);
  return {
    showsLogs: false,
    emit: (event) => view.take(event),
    close() {
      stop();
      view.end();
    },
  };
}

interface FinishedStep {
  readonly step: TtyStep;
  readonly outcome: StepOutcome;
  readonly seconds: number;
}

class TtyView {
  readonly #options: DisplayOptions;
  readonly #running = new Map<string, TtyStep>();
  /** Finished since the last repaint: a step that goes on at once, or turns out to be cached, has not scrolled yet. */
  readonly #finished = new Map<string, FinishedStep>();
  readonly #cached = new Map<string, Set<string>>();
  #scrolling: string[] = [];
  #blockLines = 0;
  #cursorHidden = false;

  constructor(options: DisplayOptions) {
    this.#options = options;
  }

  take(event: ProgressEvent): void {
    switch (event.kind) {
      case 'stage-started':
        this.#scrolling.push(
          styled(truncate(neutraliseLine(event.title), this.#canvas.columns), 'bold', this.#canvas),
        );
        break;
      case 'stage-finished':
        this.#foldCached();
        break;
      case 'group-started':
        this.#scroll(neutraliseLine(event.untrustedTitle));
        break;
      case 'group-log':
        for (const line of neutralise(event.untrustedText).split('\n')) this.#scroll(`  ${line}`);
        break;
      case 'group-finished':
        break;
      case 'notice':
        this.#takeNotice(event);
        break;
      case 'step-started':
        this.#start(event);
        break;
      case 'step-finished':
        this.#finish(event);
        break;
      default:
        this.#update(event);
    }
  }

  repaint(): void {
    this.#scrollFinished();
    this.#paint(this.#blockNow());
  }

  end(): void {
    this.#scrollFinished();
    this.#foldCached();
    this.#paint([]);
    if (this.#cursorHidden) this.#options.stream.write(showCursor);
  }

  get #canvas(): Canvas {
    const { stream, colors } = this.#options;
    return { columns: (stream.columns ?? defaultColumns) - 1, colors };
  }

  #scroll(text: string): void {
    this.#scrolling.push(styled(truncate(text, this.#canvas.columns), 'dim', this.#canvas));
  }

  #takeNotice(event: Extract<ProgressEvent, { kind: 'notice' }>): void {
    if (event.level === 'debug' && !this.#options.debug) return;
    const style = event.level === 'warning' ? 'yellow' : 'dim';
    this.#scrolling.push(styled(noticeLine(event), style, this.#canvas));
  }

  #start(event: Extract<ProgressEvent, { kind: 'step-started' }>): void {
    this.#finished.delete(event.id);
    const { platform = '', internal = false } = event;
    const startedAt = this.#options.clock();
    this.#running.set(event.id, { label: stepLabel(event), platform, internal, startedAt, lastLine: '' });
  }

  #finish({ id, outcome, seconds }: Extract<ProgressEvent, { kind: 'step-finished' }>): void {
    const step = this.#running.get(id) ?? this.#finished.get(id)?.step;
    this.#running.delete(id);
    if (step !== undefined) this.#finished.set(id, { step, outcome, seconds });
  }

  #update(event: Extract<ProgressEvent, { kind: 'step-log' | 'step-progress' }>): void {
    const step = this.#running.get(event.id);
    if (step === undefined) return;
    if (event.kind === 'step-progress') step.bytes = event;
    else step.lastLine = lastLineOf(event.untrustedText) || step.lastLine;
  }

  #scrollFinished(): void {
    for (const [id, { step, outcome, seconds }] of this.#finished) {
      if (outcome === 'cached') this.#countCached(id, step);
      else if (isWorthALine(step, outcome, seconds)) {
        this.#scrolling.push(finishedLine(step, { outcome, seconds }, this.#canvas));
      }
    }
    this.#finished.clear();
  }

  #countCached(id: string, step: TtyStep): void {
    if (step.internal) return;
    const steps = this.#cached.get(step.platform) ?? new Set();
    this.#cached.set(step.platform, steps.add(id));
  }

  #foldCached(): void {
    this.#scrollFinished();
    for (const [platform, { size }] of this.#cached) {
      const name = platform === '' ? '' : `${platform} `;
      this.#scrolling.push(
        styled(`✓ ${name}${size} ${size === 1 ? 'step' : 'steps'} cached`, 'dim', this.#canvas),
      );
    }
    this.#cached.clear();
  }

  #blockNow(): string[] {
    const now = this.#options.clock();
    const block: string[] = [];
    let hidden = 0;
    for (const step of this.#running.values()) {
      if (step.internal && now - step.startedAt < longInternalMilliseconds) continue;
      const lines = runningLines(step, now, this.#canvas);
      const room = maxBlockLines - 1 - block.length;
      if (room < 1) hidden++;
      else block.push(...lines.slice(0, room));
    }
    if (hidden > 0) block.push(styled(`  and ${hidden} more`, 'dim', this.#canvas));
    return block;
  }

  /** One write, so that nothing flickers: over the old block come the lines that scroll away, then the new block. */
  #paint(block: readonly string[]): void {
    const lines = [...this.#scrolling, ...block];
    if (lines.length === 0 && this.#blockLines === 0) return;
    const hide = this.#cursorHidden ? '' : hideCursor;
    const erase = this.#blockLines === 0 ? '' : `\x1b[${this.#blockLines}A\x1b[J`;
    this.#options.stream.write(`${hide}${erase}${lines.map((line) => `${line}\n`).join('')}`);
    this.#scrolling = [];
    this.#blockLines = block.length;
    this.#cursorHidden = true;
  }
}

function isWorthALine(step: TtyStep, outcome: StepOutcome, seconds: number): boolean {
  return !step.internal || outcome === 'failed' || seconds * 1000 >= longInternalMilliseconds;
}

function lastLineOf(untrustedText: string): string {
  return neutralise(untrustedText.slice(-2000)).trimEnd().split('\n').at(-1)?.trim() ?? '';
}
