import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { ImageBuilderError } from '../core/index.ts';
import { checkBuildFiles, runPipeline } from '../pipeline/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { neutralise, printJson } from '../progress/index.ts';
import { summarizeReport, writeFileWhole } from '../report/index.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';
import { openDisplay } from './open-display.ts';
import { openPorts } from './open-ports.ts';
import { planFrom, prepare } from './prepare.ts';
import { printPlan } from './print-plan.ts';
import { printTags, tags } from './tags.ts';

/**
 * Builds the image, publishes it and prints the report: on stdout for people, or as JSON. The report is printed and
 * written however the build ended; then the error, if there is one, is thrown.
 */
export async function build(run: CommandRun): Promise<number> {
  const { args, console } = run;
  if (args.switches.get('parse-tags-only')) return tags(run);
  const reportPath = one(args, 'build-report-path');
  // A reader must not take the report of an earlier build for this one's.
  if (reportPath !== undefined) await rm(reportPath, { force: true });
  const display = openDisplay(run);
  try {
    const prepared = await prepare(run);
    for (const message of prepared.warnings) display.emit({ kind: 'notice', level: 'warning', message });
    const plan = planFrom(run, prepared);
    await checkBuildFiles(prepared.source.root, plan);
    const tagsFile = one(args, 'tags-output-file');
    if (tagsFile !== undefined) await writeFileWhole(tagsFile, printTags(plan.tags));
    if (args.switches.get('dry-run')) return printDryRun(run, plan);
    refuseToSign(plan);
    await using ports = openPorts({ run, settings: prepared.settings, plan, emit: display.emit });
    const clock = () => new Date();
    const { report, error } = await runPipeline({
      ...{ plan, ports, clock },
      root: prepared.source.root,
      builder: one(args, 'builder'),
      temporaryFolder: tmpdir(),
      emit: display.emit,
      signal: run.signal,
    });
    display.close();
    const json = printJson(report, 2);
    if (reportPath !== undefined) await writeFileWhole(reportPath, json);
    console.stdout.write(args.switches.get('json') ? json : neutralise(summarizeReport(report)));
    if (error !== undefined) throw error;
    return 0;
  } finally {
    display.close();
  }
}

function printDryRun({ args, console }: CommandRun, plan: BuildPlan): number {
  console.stdout.write(args.switches.get('json') ? printJson(plan, 2) : printPlan(plan));
  return 0;
}

/** An unsigned image under a production tag is worse than none. */
function refuseToSign({ signing }: BuildPlan): void {
  if (signing.kind === 'unsigned') return;
  const message = `the image must be signed by ${signing.signers.join(', ')}, which this version does not do yet`;
  const hint = 'look at what would happen with "image-builder plan", or build without --event';
  throw new ImageBuilderError('usage.not-available', message, { feature: 'signing' }, { hint });
}
