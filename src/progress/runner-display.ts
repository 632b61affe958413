import { humanSeconds } from '../core/index.ts';
import type { Display, DisplayOptions } from './display.ts';
import type { ProgressEvent, Stage } from './events.ts';
import { neutralise, neutraliseLine } from './neutralise.ts';
import { noticeLine } from './notice-line.ts';
import type { RunnerStream } from './runner-stream.ts';
import { StepLines } from './step-lines.ts';

/** GitHub shows so many warnings of a step, and Azure keeps so many. */
const shownWarnings = 10;

/** Stages whose steps are the news: the runner would fold them away. */
const unfolded: ReadonlySet<Stage> = new Set(['queue', 'run']);

type Notice = Extract<ProgressEvent, { kind: 'notice' }>;

/** How one runner is told things; texts come neutralised. */
export interface RunnerDialect {
  readonly openGroup: (title: string) => string;
  readonly closeGroup: string;
  /** A line that stands out. */
  readonly heading: (text: string) => string;
  readonly warning: (notice: Notice) => string;
  /** About warnings that the runner would not show. */
  readonly remark: (text: string) => string;
}

/** For CI runners: stages and logs from elsewhere as groups that fold, steps as lines, warnings as annotations. */
export function createRunnerDisplay(
  options: DisplayOptions,
  stream: RunnerStream,
  dialect: RunnerDialect,
): Display {
  const view = new RunnerView(options, stream, dialect);
  return { showsLogs: true, emit: (event) => view.take(event), close: () => view.end() };
}

class RunnerView {
  readonly #stream: RunnerStream;
  readonly #dialect: RunnerDialect;
  readonly #debug: boolean;
  readonly #steps: StepLines;
  #inGroup = false;
  #warnings = 0;

  constructor({ clock, schedule, debug }: DisplayOptions, stream: RunnerStream, dialect: RunnerDialect) {
    this.#stream = stream;
    this.#dialect = dialect;
    this.#debug = debug;
    this.#steps = new StepLines({
      ...{ clock, schedule },
      write: stream.say,
      relay: (text) => this.#relay(text),
    });
  }

  take(event: ProgressEvent): void {
    switch (event.kind) {
      case 'stage-started':
        this.#startStage(event.stage, neutraliseLine(event.title));
        break;
      case 'stage-finished':
        this.#closeGroup();
        this.#stream.command(
          this.#dialect.heading(`${event.stage} ${event.outcome} ${humanSeconds(event.seconds)}`),
        );
        break;
      case 'group-started':
        this.#openGroup(neutraliseLine(event.untrustedTitle));
        break;
      case 'group-log':
        this.#relay(neutralise(event.untrustedText));
        break;
      case 'group-finished':
        this.#closeGroup();
        break;
      case 'notice':
        this.#notice(event);
        break;
      default:
        this.#steps.take(event);
    }
  }

  end(): void {
    this.#steps.end();
    this.#closeGroup();
    const more = this.#warnings - shownWarnings;
    if (more > 0) this.#stream.command(this.#dialect.remark(`and ${more} more warnings, see the log`));
  }

  #startStage(stage: Stage, title: string): void {
    this.#closeGroup();
    if (unfolded.has(stage)) this.#stream.command(this.#dialect.heading(title));
    else this.#openGroup(title);
  }

  /** Groups cannot lie within one another: one that is still open ends where the next begins. */
  #openGroup(title: string): void {
    this.#closeGroup();
    this.#stream.command(this.#dialect.openGroup(title));
    this.#inGroup = true;
  }

  #closeGroup(): void {
    this.#stream.endRelay();
    if (this.#inGroup) this.#stream.command(this.#dialect.closeGroup);
    this.#inGroup = false;
  }

  /** A group passes on as a whole; outside of one, others may want to speak after every line. */
  #relay(text: string): void {
    this.#stream.relay(text);
    if (!this.#inGroup) this.#stream.endRelay();
  }

  #notice(notice: Notice): void {
    if (notice.level === 'debug' && !this.#debug) return;
    if (notice.level === 'warning') this.#warnings++;
    const annotated = notice.level === 'warning' && this.#warnings <= shownWarnings;
    if (annotated) this.#stream.command(this.#dialect.warning(notice));
    else this.#stream.say(noticeLine(notice));
  }
}
