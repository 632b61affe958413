import { humanBytes, humanSeconds } from '../core/index.ts';
import type { DisplayOptions } from './display.ts';
import type { ProgressEvent } from './events.ts';
import { neutralise, neutraliseLine } from './neutralise.ts';
import { stepLabel } from './step-label.ts';

/** A step that is resumed for less than this has nothing new to say: BuildKit looks at an image more than once. */
const briefSeconds = 0.1;

/** A step that says nothing for so long gets a line of its own, so that a CI log does not look dead. */
const silenceMilliseconds = 30_000;

interface KnownStep {
  readonly number: number;
  startedAt: number;
  lastWordAt: number;
  running: boolean;
  finished: boolean;
  bytes?: string;
}

type StepStarted = Extract<ProgressEvent, { kind: 'step-started' }>;
type StepContinued = Extract<ProgressEvent, { kind: 'step-finished' | 'step-log' | 'step-progress' }>;

export interface StepLinesOptions extends Pick<DisplayOptions, 'clock' | 'schedule'> {
  /** Takes whole lines about steps, neutralised, without the last line break. */
  readonly write: (text: string) => void;
  /** Takes what a step itself said, likewise. */
  readonly relay: (text: string) => void;
}

/** Steps as lines in the order of events, each beginning with the number of its step. */
export class StepLines {
  readonly #options: StepLinesOptions;
  readonly #steps = new Map<string, KnownStep>();
  readonly #stop: () => void;

  constructor(options: StepLinesOptions) {
    this.#options = options;
    this.#stop = options.schedule(() => this.#writeHeartbeats(), 1000);
  }

  take(event: StepStarted | StepContinued): void {
    if (event.kind === 'step-started') {
      this.#start(event);
      return;
    }
    const step = this.#steps.get(event.id);
    if (step !== undefined) this.#continue(step, event);
  }

  end(): void {
    this.#stop();
  }

  #start(event: StepStarted): void {
    const now = this.#options.clock();
    const known = this.#steps.get(event.id);
    if (known !== undefined) {
      Object.assign(known, { startedAt: now, lastWordAt: now, running: true });
      return;
    }
    const number = this.#steps.size + 1;
    this.#steps.set(event.id, { number, startedAt: now, lastWordAt: now, running: true, finished: false });
    this.#options.write(`#${number} ${stepLabel(event)}`);
  }

  #continue(step: KnownStep, event: StepContinued): void {
    if (event.kind === 'step-progress') {
      const total = event.total === undefined ? '' : ` of ${humanBytes(event.total)}`;
      step.bytes = `${humanBytes(event.current)}${total}`;
      return;
    }
    step.lastWordAt = this.#options.clock();
    if (event.kind === 'step-log') this.#relay(step, event.untrustedText);
    else this.#finish(step, event);
  }

  #relay({ number, startedAt }: KnownStep, untrustedText: string): void {
    const seconds = ((this.#options.clock() - startedAt) / 1000).toFixed(1);
    const lines = neutralise(untrustedText).split('\n');
    this.#options.relay(lines.map((line) => `#${number} ${seconds} | ${line}`.trimEnd()).join('\n'));
  }

  #finish(step: KnownStep, event: Extract<ProgressEvent, { kind: 'step-finished' }>): void {
    const repeats = step.finished && event.outcome !== 'failed' && event.seconds < briefSeconds;
    Object.assign(step, { running: false, finished: true });
    if (!repeats) this.#options.write(`#${step.number} ${closingWords(event)}`);
  }

  #writeHeartbeats(): void {
    const now = this.#options.clock();
    for (const step of this.#steps.values()) {
      if (!step.running || now - step.lastWordAt < silenceMilliseconds) continue;
      step.lastWordAt = now;
      const bytes = step.bytes === undefined ? '' : `, ${step.bytes}`;
      const seconds = humanSeconds((now - step.startedAt) / 1000);
      this.#options.write(`#${step.number} still running, ${seconds}${bytes}`);
    }
  }
}

function closingWords(event: Extract<ProgressEvent, { kind: 'step-finished' }>): string {
  if (event.outcome === 'cached') return 'cached';
  const error = event.untrustedError === undefined ? '' : `: ${neutraliseLine(event.untrustedError)}`;
  return `${event.outcome} ${humanSeconds(event.seconds)}${error}`;
}
