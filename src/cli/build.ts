import { tmpdir } from 'node:os';
import { ImageBuilderError } from '../core/index.ts';
import { checkBuildFiles, type PipelineResult, runPipeline } from '../pipeline/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { type EmitProgress, neutralise, printJson } from '../progress/index.ts';
import { clearFile, earlyFailureReport, summarizeReport, writeFileWhole } from '../report/index.ts';
import { chooseBuilder } from './choose-builder.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';
import { openDisplay } from './open-display.ts';
import { openPorts } from './open-ports.ts';
import { type Prepared, planFrom, prepare } from './prepare.ts';
import { printPlan } from './print-plan.ts';
import { signOnly } from './sign.ts';
import { printTags, tags } from './tags.ts';

/**
 * Builds the image, publishes it and prints the report: on stdout for people, or as JSON. The report is printed and
 * written however the build ended; then the error, if there is one, is thrown.
 */
export async function build(run: CommandRun): Promise<number> {
  const { args } = run;
  if (args.switches.get('parse-tags-only')) return tags(run);
  if (args.switches.get('sign-only')) return signOnly(run);
  refuseStateOutput(run);
  const reportPath = one(args, 'build-report-path');
  // A reader must not take the report of an earlier build for this one's.
  if (reportPath !== undefined) await clearFile(reportPath);
  const display = openDisplay(run);
  try {
    const { prepared, plan } = await decide(run, display.emit);
    if (args.switches.get('dry-run')) return printDryRun(run, plan);
    const result = await carryOut(run, { prepared, plan, emit: display.emit });
    display.close();
    return await answer(run, result);
  } finally {
    display.close();
  }
}

type Decided = Pick<Work, 'prepared' | 'plan'>;

/** Everything before the first step of the build; what goes wrong here is reported like any other failure. */
async function decide(run: CommandRun, emit: EmitProgress): Promise<Decided> {
  try {
    const prepared = await prepare(run);
    for (const message of prepared.warnings) emit({ kind: 'notice', level: 'warning', message });
    const plan = await planned(run, prepared);
    return { prepared, plan };
  } catch (error) {
    const report = earlyFailureReport({ imageName: one(run.args, 'name') ?? '', error, now: new Date() });
    const path = one(run.args, 'build-report-path');
    if (path !== undefined) await writeFileWhole(path, printJson(report, 2));
    if (run.args.switches.get('json')) run.console.stdout.write(printJson(report, 2));
    throw error;
  }
}

async function planned(run: CommandRun, prepared: Prepared): Promise<BuildPlan> {
  const plan = planFrom(run, prepared);
  await checkBuildFiles(prepared.source.root, plan);
  const tagsFile = one(run.args, 'tags-output-file');
  if (tagsFile !== undefined) await writeFileWhole(tagsFile, printTags(plan.tags));
  return plan;
}

interface Work {
  readonly prepared: Prepared;
  readonly plan: BuildPlan;
  readonly emit: EmitProgress;
}

async function carryOut(run: CommandRun, { prepared, plan, emit }: Work): Promise<PipelineResult> {
  const { source, settings, resolvePath } = prepared;
  await using ports = openPorts({ run, settings, resolvePath, plan, emit });
  return await runPipeline({
    plan,
    ports,
    emit,
    root: source.root,
    builder: chooseBuilder({ plan, nodes: settings.builderNodes, named: one(run.args, 'builder') }),
    temporaryFolder: tmpdir(),
    clock: () => new Date(),
    signal: run.signal,
  });
}

async function answer({ args, console }: CommandRun, { report, error }: PipelineResult): Promise<number> {
  const json = printJson(report, 2);
  console.stdout.write(args.switches.get('json') ? json : neutralise(summarizeReport(report)));
  const path = one(args, 'build-report-path');
  if (path !== undefined) await writeFileWhole(path, json);
  if (error !== undefined) throw error;
  return 0;
}

function printDryRun({ args, console }: CommandRun, plan: BuildPlan): number {
  console.stdout.write(args.switches.get('json') ? printJson(plan, 2) : printPlan(plan));
  return 0;
}

/** Of a build, output variables are those of the remote one. */
function refuseStateOutput({ args }: CommandRun): void {
  if (!args.switches.get('ado-state-output')) return;
  const message = '"--ado-state-output" goes with "--sign-only" alone in this version';
  throw new ImageBuilderError('usage.not-available', message, { feature: 'output variables of a build' });
}
