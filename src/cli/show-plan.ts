import { planAdvice } from '../pipeline/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { printJson } from '../progress/index.ts';
import { adviceSettings } from './advice-settings.ts';
import type { CommandRun } from './commands.ts';
import { nodeMounts } from './node-mounts.ts';
import type { Prepared } from './prepare.ts';
import { printPlan } from './print-plan.ts';

/** Prints a plan with what would make its build faster, for people or as JSON. */
export async function showPlan(run: CommandRun, prepared: Prepared, plan: BuildPlan): Promise<number> {
  const { source, settings } = prepared;
  const mounts = await nodeMounts(run, prepared, plan);
  const advice = await planAdvice({ root: source.root, plan, advice: adviceSettings(run, settings, plan) });
  const json = run.args.switches.get('json');
  run.console.stdout.write(json ? printJson({ ...plan, advice }, 2) : printPlan(plan, { advice, mounts }));
  return 0;
}
