import { humanSeconds } from '../core/index.ts';
import type { Display, DisplayOptions } from './display.ts';
import { neutralise, neutraliseLine } from './neutralise.ts';
import { noticeLine } from './notice-line.ts';
import { StepLines } from './step-lines.ts';

/** Lines in the order of events, each beginning with its step's number: for logs that people read afterwards. */
export function createPlainDisplay({ stream, clock, schedule, debug }: DisplayOptions): Display {
  const write = (line: string) => void stream.write(`${line}\n`);
  const steps = new StepLines({ clock, schedule, write, relay: write });
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
        case 'group-started':
          write(`-- ${neutraliseLine(event.untrustedTitle)}`);
          break;
        case 'group-log':
          write(indented(event.untrustedText));
          break;
        case 'group-finished':
          break;
        case 'notice':
          if (event.level !== 'debug' || debug) write(noticeLine(event));
          break;
        default:
          steps.take(event);
      }
    },
    close: () => steps.end(),
  };
}

function indented(untrustedText: string): string {
  const lines = neutralise(untrustedText).split('\n');
  return lines.map((line) => `   ${line}`.trimEnd()).join('\n');
}
