import { checkBuildFiles } from '../pipeline/index.ts';
import type { CommandRun } from './commands.ts';
import { planFrom, prepare, requestFrom } from './prepare.ts';
import { showPlan } from './show-plan.ts';
import { warn } from './warn.ts';

/** Prints the plan for people, or as JSON. Changes nothing and asks nobody. */
export async function plan(run: CommandRun): Promise<number> {
  const prepared = await prepare(run);
  warn(run, prepared.warnings);
  const planned = await planFrom(run, prepared, requestFrom(run.args));
  // A CI may tell of a commit that is not at hand: everything but its files can be said.
  if (prepared.source.root !== '') await checkBuildFiles(prepared.source.root, planned);
  return showPlan(run, prepared, planned);
}
