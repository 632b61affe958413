import { humanBytes, humanSeconds } from '../core/index.ts';
import type { Display, DisplayOptions } from './display.ts';
import type { ProgressEvent } from './events.ts';
import { neutralise, neutraliseLine } from './neutralise.ts';
import { noticeLine } from './notice-line.ts';
import { stepLabel } from './step-label.ts';

/** A step that is resumed for less than this has nothing new to say: BuildKit looks at an image more than once. */
const briefSeconds = 0.1;

/** A step that says nothing for so long gets a line of its own, so that a CI log does not look dead. */
const silenceMilliseconds = 30_000;

interface PlainStep {
  readonly number: number;
  startedAt: number;
  lastWordAt: number;
  running: boolean;
  finished: boolean;
  bytes?: string;
}

/** Lines in the order of events, each beginning with its step's number: for logs that people read afterwards. */
export function createPlainDisplay({ stream, clock, schedule, debug }: DisplayOptions): Display {
  const steps = new Map<string, PlainStep>();
  const write = (line: string) => stream.write(`${line}\n`);
  const stop = schedule(() => writeHeartbeats(steps, clock(), write), 1000);
  return {
    showsLogs: true,
    emit(event) {
      switch (event.kind) {
        case 'stage-started':
          write(`== ${neutraliseLine(event.title)}`);
          break;
        case 'stage-finished':
          write(`== ${event.stage} ${event.outcome} ${humanSeconds(event.seconds)}`);
          break;
        case 'notice':
          if (event.level !== 'debug' || debug) write(noticeLine(event));
          break;
        case 'group-started':
          write(`-- ${neutraliseLine(event.untrustedTitle)}`);
          break;
        case 'group-log':
          for (const line of neutralise(event.untrustedText).split('\n')) write(`   ${line}`.trimEnd());
          break;
        case 'group-finished':
          break;
        case 'step-started':
          startStep(steps, event, { now: clock(), write });
          break;
        default: {
          const step = steps.get(event.id);
          if (step !== undefined) continueStep(step, event, { now: clock(), write });
        }
      }
    },
    close: stop,
  };
}

interface Line {
  /** Milliseconds. */
  readonly now: number;
  readonly write: (line: string) => unknown;
}

type StepStarted = Extract<ProgressEvent, { kind: 'step-started' }>;
type StepContinued = Extract<ProgressEvent, { kind: 'step-finished' | 'step-log' | 'step-progress' }>;

function startStep(steps: Map<string, PlainStep>, event: StepStarted, { now, write }: Line): void {
  const known = steps.get(event.id);
  if (known !== undefined) {
    Object.assign(known, { startedAt: now, lastWordAt: now, running: true });
    return;
  }
  const step = { number: steps.size + 1, startedAt: now, lastWordAt: now, running: true, finished: false };
  steps.set(event.id, step);
  write(`#${step.number} ${stepLabel(event)}`);
}

function continueStep(step: PlainStep, event: StepContinued, { now, write }: Line): void {
  if (event.kind === 'step-progress') {
    const total = event.total === undefined ? '' : ` of ${humanBytes(event.total)}`;
    step.bytes = `${humanBytes(event.current)}${total}`;
    return;
  }
  step.lastWordAt = now;
  if (event.kind === 'step-log') {
    const seconds = ((now - step.startedAt) / 1000).toFixed(1);
    for (const line of neutralise(event.untrustedText).split('\n')) {
      write(`#${step.number} ${seconds} | ${line}`.trimEnd());
    }
    return;
  }
  const repeats = step.finished && event.outcome !== 'failed' && event.seconds < briefSeconds;
  Object.assign(step, { running: false, finished: true });
  if (!repeats) write(`#${step.number} ${closingWords(event)}`);
}

function closingWords(event: Extract<ProgressEvent, { kind: 'step-finished' }>): string {
  if (event.outcome === 'cached') return 'cached';
  const error = event.untrustedError === undefined ? '' : `: ${neutraliseLine(event.untrustedError)}`;
  return `${event.outcome} ${humanSeconds(event.seconds)}${error}`;
}

function writeHeartbeats(steps: Map<string, PlainStep>, now: number, write: Line['write']): void {
  for (const step of steps.values()) {
    if (!step.running || now - step.lastWordAt < silenceMilliseconds) continue;
    step.lastWordAt = now;
    const bytes = step.bytes === undefined ? '' : `, ${step.bytes}`;
    write(`#${step.number} still running, ${humanSeconds((now - step.startedAt) / 1000)}${bytes}`);
  }
}
