import { ImageBuilderError } from '../core/index.ts';
import { type EmitProgress, printJson } from '../progress/index.ts';
import { clearFile, earlyFailureReport, writeFileWhole } from '../report/index.ts';
import { answering } from './afterwards.ts';
import { answer } from './answer.ts';
import { printOrder, printPreview, type RemoteBuild } from './build-in-pipeline.ts';
import { buildMany } from './build-many.ts';
import type { CommandRun } from './commands.ts';
import { carryOut, type DecidedBuild, decideBuild } from './decide-build.ts';
import { one } from './one.ts';
import { setOutputVariable } from './output-variable.ts';
import { prepare, requestFrom } from './prepare.ts';
import { showPlan } from './show-plan.ts';
import { printTags, tags } from './tags.ts';

/**
 * Has the image built, here or in a pipeline, and prints the report: on stdout for people, or as JSON. The report is
 * printed and written however the build ended; then the error, if there is one, is thrown.
 */
export async function build(run: CommandRun): Promise<number> {
  const { args } = run;
  if (args.switches.get('parse-tags-only')) return tags(run);
  if (args.switches.get('sign-only')) return (await import('./sign.ts')).signOnly(run);
  const reportPath = one(args, 'build-report-path');
  // A reader must not take the report of an earlier build for this one's.
  if (reportPath !== undefined) await clearFile(reportPath);
  return answering(run, async (tools) => {
    const { emit } = tools;
    if (one(args, 'matrix') !== undefined) return buildMany(run, tools);
    const decided = await decide(run, emit);
    if (args.switches.get('ado-preview-run')) return printPreview(run, requireRemote(decided), emit);
    if (args.switches.get('dry-run')) return printDecided(run, decided);
    const result = await carryOut(run, decided, tools);
    tools.close();
    setOutputVariable(run, 'build_success', String(result.error === undefined));
    setOutputVariable(run, 'digest', result.report.digest);
    return answer(run, result);
  });
}

/** Prints what a build would do. */
async function printDecided(run: CommandRun, decided: DecidedBuild): Promise<number> {
  return decided.kind === 'here'
    ? showPlan(run, decided.prepared, decided.request)
    : printOrder(run, decided);
}

/** Everything before the first step of the build; what goes wrong here is reported like any other failure. */
async function decide(run: CommandRun, emit: EmitProgress): Promise<DecidedBuild> {
  try {
    const prepared = await prepare(run);
    for (const message of prepared.warnings) emit({ kind: 'notice', level: 'warning', message });
    const decided = await decideBuild(run, prepared, requestFrom(run.args));
    const tagsFile = one(run.args, 'tags-output-file');
    if (tagsFile !== undefined && decided.kind === 'here')
      await writeFileWhole(tagsFile, printTags(decided.request.tags));
    return decided;
  } catch (error) {
    const report = earlyFailureReport({ imageName: one(run.args, 'name') ?? '', error, now: new Date() });
    const path = one(run.args, 'build-report-path');
    if (path !== undefined) await writeFileWhole(path, printJson(report, 2));
    if (run.args.switches.get('json')) run.console.stdout.write(printJson(report, 2));
    throw error;
  }
}

function requireRemote(decided: DecidedBuild): RemoteBuild {
  if (decided.kind === 'pipeline') return decided;
  const message = '"--ado-preview-run" shows the run of a pipeline, and this build runs on this machine';
  const hint = 'use --dry-run, or --backend azure-devops in a CI';
  throw new ImageBuilderError('usage.invalid', message, { argument: '--ado-preview-run' }, { hint });
}
