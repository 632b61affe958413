import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from './options.ts';
import { type LoadedPipeline, loadPipeline } from './pipeline/load-pipeline.ts';
import { PipelineError } from './pipeline/pipeline-error.ts';
import { checkGroups } from './pipeline/runner/job-variables-of.ts';
import type { Pool } from './pipeline/runner/run-environment.ts';
import { runPipeline } from './pipeline/runner/run-pipeline.ts';
import { Slots } from './pipeline/runner/slots.ts';
import { buildNumber } from './runs/build-number.ts';
import { Run, type RunRequest } from './runs/run.ts';
import type { RunScript } from './runs/run-script.ts';
import { scriptedRun } from './runs/scripted-run.ts';

export interface QueueParts {
  readonly settings: Settings;
  readonly origin: string;
  /** For all that runs leave behind. */
  readonly directory: string;
  readonly closing: AbortSignal;
}

const noLimit = Number.POSITIVE_INFINITY;

/** The one pipeline of the emulator, and its runs. */
export class PipelineQueue {
  readonly runs = new Map<number, Run>();
  readonly folders = new Set<string>();
  readonly #parts: QueueParts;
  readonly #pools: ReadonlyMap<string, Pool>;
  readonly #slots: Slots;
  readonly #running: Promise<void>[] = [];
  readonly #faults: unknown[] = [];
  #nextId = 101;

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#slots = new Slots(parts.settings.parallelJobs);
    this.#pools = new Map(
      Object.entries(parts.settings.pools).map(([name, pool]) => [
        name,
        { ...pool, slots: new Slots(pool.agents ?? noLimit) },
      ]),
    );
  }

  /** Resolves when no run goes on any more, with what went wrong in the emulator itself. */
  async ended(): Promise<readonly unknown[]> {
    await Promise.all(this.#running);
    return this.#faults;
  }

  readonly preview = (request: RunRequest, yaml: string | undefined): string =>
    this.#load(request, yaml).finalYaml;

  readonly queue = (request: RunRequest): Run => {
    const script = this.#parts.settings.script(request);
    if (script !== undefined) return this.#queueScripted(request, script);
    this.#checkVariables(request);
    const loaded = this.#load(request, undefined);
    const run = new Run(this.#nextId++, request, this.#parts.settings.clock);
    this.#add(run, loaded.pipeline.name);
    this.#start(run, loaded);
    return run;
  };

  #queueScripted(request: RunRequest, script: RunScript): Run {
    const { clock, pageBytes, switches } = this.#parts.settings;
    const { longLogs } = switches;
    const run = scriptedRun({ id: this.#nextId++, request, script, clock, longLogs, pageBytes });
    this.#add(run, undefined);
    run.refresh();
    return run;
  }

  #add(run: Run, format: string | undefined): void {
    const variables = this.#predefined(run);
    const taken = new Set([...this.runs.values()].map(({ name }) => name));
    run.name = buildNumber({ format, now: run.queueTime, variables, taken });
    this.runs.set(run.id, run);
  }

  #start(run: Run, { pipeline }: LoadedPipeline): void {
    const { settings, directory, closing } = this.#parts;
    const { variableGroups: groups, times, switches, pageBytes, clock } = settings;
    const ended = runPipeline({
      run,
      pipeline,
      directory: join(directory, String(run.id)),
      folders: this.folders,
      pools: this.#pools,
      slots: this.#slots,
      groups,
      times,
      switches,
      pageBytes,
      clock,
      predefined: this.#predefined(run),
      closing,
    });
    const running = ended.catch((error: unknown) => {
      this.#faults.push(error);
      run.finish('failed');
    });
    this.#running.push(running);
  }

  #load(request: RunRequest, yaml: string | undefined): LoadedPipeline {
    const { pipeline, variableGroups } = this.#parts.settings;
    const text = yaml ?? (pipeline.file === undefined ? undefined : readFileSync(pipeline.file, 'utf8'));
    if (text === undefined) throw new PipelineError('The emulator has no pipeline file');
    const loaded = loadPipeline(text, request.templateParameters, this.#known(request));
    checkGroups(loaded.pipeline, variableGroups);
    const stages = loaded.pipeline.stages.map(({ name }) => name);
    const unknown = request.stagesToSkip.find((name) => !stages.includes(name));
    if (unknown !== undefined) throw new PipelineError(`Stage ${unknown} to skip is not in the pipeline.`);
    return loaded;
  }

  #checkVariables({ variables }: RunRequest): void {
    const settable = this.#parts.settings.pipeline.settableVariables;
    const refused = settable && Object.keys(variables).filter((name) => !settable.includes(name));
    if (refused === undefined || refused.length === 0) return;
    throw new PipelineError(
      `You can't set the following variables (${refused.join(', ')}). If you want to be able to set these variables, ` +
        'then edit the pipeline and select Settable at queue time on the variables tab of the pipeline editor.',
    );
  }

  /** Known before there is a run, so that template expressions see them. */
  #known({ refName, version }: RunRequest): ReadonlyMap<string, string> {
    const { origin, settings } = this.#parts;
    const { organization, project, pipeline } = settings;
    return new Map([
      ['System.CollectionUri', `${origin}/${organization}/`],
      ['System.TeamFoundationCollectionUri', `${origin}/${organization}/`],
      ['System.TeamProject', project],
      ['System.DefinitionId', String(pipeline.id)],
      ['Build.DefinitionName', pipeline.name],
      ['Build.Reason', 'Manual'],
      ['Build.SourceBranch', refName],
      ['Build.SourceBranchName', refName.split('/').at(-1) ?? ''],
      ['Build.SourceVersion', version],
      ['Build.Repository.Name', project],
      ['Build.Repository.Provider', 'TfsGit'],
      ['Build.RequestedFor', 'Emulator'],
    ]);
  }

  #predefined(run: Run): ReadonlyMap<string, string> {
    return new Map([
      ...this.#known(run.request),
      ['System.PlanId', run.planId],
      ['System.TimelineId', run.timeline.id],
      ['Build.BuildId', String(run.id)],
      ['Build.BuildNumber', run.name],
      ['Build.BuildUri', `vstfs:///Build/Build/${run.id}`],
    ]);
  }
}
