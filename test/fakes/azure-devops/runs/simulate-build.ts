import type { BuildResult } from './run.ts';
import { joinedLines, type LogLines, logLines, type RunScript, type ScriptEvent } from './run-script.ts';
import type { Issue, TaskResult } from './timeline.ts';

export interface SimulatedStage {
  readonly name: string;
  readonly jobs: readonly SimulatedJob[];
}

export interface SimulatedJob {
  readonly name: string;
  readonly steps: readonly SimulatedStep[];
}

export interface SimulatedStep {
  readonly name: string;
  readonly milliseconds: number;
  readonly result?: TaskResult;
  readonly issues?: readonly Issue[];
  /** A line that says its name when left out. */
  readonly log?: LogLines;
}

export interface Simulation {
  readonly stages: readonly SimulatedStage[];
  /** Before the first job starts. */
  readonly queueMilliseconds?: number;
  /** `succeeded` when left out. */
  readonly result?: BuildResult;
  readonly cancelMilliseconds?: number;
}

/** The script of a build whose stages, jobs and steps follow each other, with the records that the service would show. */
export function simulateBuild(simulation: Simulation): RunScript {
  const { stages, queueMilliseconds = 0, result = 'succeeded', cancelMilliseconds } = simulation;
  const writer = new ScriptWriter(queueMilliseconds);
  for (const [order, stage] of stages.entries()) writer.announce(stage, order + 1);
  for (const stage of stages) writer.stage(stage);
  writer.finish(result);
  return { events: writer.events, ...(cancelMilliseconds !== undefined && { cancelMilliseconds }) };
}

class ScriptWriter {
  readonly events: ScriptEvent[] = [];
  #at: number;

  constructor(at: number) {
    this.#at = at;
    this.events.push({ at, kind: 'start' });
  }

  announce({ name, jobs }: SimulatedStage, order: number): void {
    this.#record({ key: name, type: 'Stage', name, refName: name, order, state: 'pending' });
    for (const [index, job] of jobs.entries()) {
      const key = `${name}.${job.name}`;
      const parts = { name: job.name, refName: job.name, order: index + 1, state: 'pending' } as const;
      this.#record({ key, type: 'Phase', parent: name, ...parts });
    }
  }

  stage({ name, jobs }: SimulatedStage): void {
    this.#record({ key: name, state: 'inProgress' });
    const results = jobs.map((job) => this.#job(name, job));
    this.#record({ key: name, state: 'completed', result: worst(results) });
  }

  finish(result: BuildResult): void {
    this.events.push({ at: this.#at, kind: 'finish', result });
  }

  #job(stage: string, { name, steps }: SimulatedJob): TaskResult {
    const phase = `${stage}.${name}`;
    const key = `${phase}.__default`;
    this.#record({ key: phase, state: 'inProgress' });
    this.#record({
      key,
      type: 'Job',
      name,
      parent: phase,
      refName: '__default',
      order: 1,
      state: 'inProgress',
    });
    const own = [
      { name: 'Initialize job', milliseconds: 0 },
      ...steps,
      { name: 'Finalize Job', milliseconds: 0 },
    ];
    for (const [index, step] of own.entries())
      this.#record({
        key: `${key}.${index}`,
        type: 'Task',
        name: step.name,
        parent: key,
        order: index + 1,
        state: 'pending',
      });
    const logs = own.map((step, index) => this.#step(`${key}.${index}`, step));
    const result = worst(own.map((step: SimulatedStep) => step.result ?? 'succeeded'));
    this.#record({ key, state: 'completed', result, log: joinedLines(logs) });
    this.#record({ key: phase, state: 'completed', result });
    return result;
  }

  #step(key: string, { name, milliseconds, result = 'succeeded', issues, log }: SimulatedStep): LogLines {
    const whole = joinedLines([
      logLines([`##[section]Starting: ${name}`]),
      log ?? logLines([`output of ${name}`]),
      logLines([`##[section]Finishing: ${name}`]),
    ]);
    this.#record({ key, state: 'inProgress' });
    this.#at += milliseconds;
    this.#record({ key, state: 'completed', result, log: whole, ...(issues && { issues }) });
    return whole;
  }

  #record(record: Extract<ScriptEvent, { kind: 'record' }>['record']): void {
    this.events.push({ at: this.#at, kind: 'record', record });
  }
}

function worst(results: readonly TaskResult[]): TaskResult {
  const order: readonly TaskResult[] = ['failed', 'canceled', 'succeededWithIssues'];
  return order.find((result) => results.includes(result)) ?? 'succeeded';
}
