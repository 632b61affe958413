import { neutralise, printJson } from '../progress/index.ts';
import { summarizeReport, writeFileWhole } from '../report/index.ts';
import type { SubmitResult } from '../submit/index.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';

/** Prints and writes the report however the build ended; then throws the error, if there is one. */
export async function answer(
  { args, console }: CommandRun,
  { report, error }: SubmitResult,
): Promise<number> {
  const json = printJson(report, 2);
  console.stdout.write(args.switches.get('json') ? json : neutralise(summarizeReport(report)));
  const path = one(args, 'build-report-path');
  if (path !== undefined) await writeFileWhole(path, json);
  if (error !== undefined) throw error;
  return 0;
}
