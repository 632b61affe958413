import { planAdvice } from '../pipeline/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { printJson } from '../progress/index.ts';
import { adviceSettings } from './advice-settings.ts';
import type { CommandRun } from './commands.ts';
import type { Prepared } from './prepare.ts';
import { printPlan } from './print-plan.ts';

/** Prints a plan with what would make its build faster, for people or as JSON. */
export async function showPlan(run: CommandRun, prepared: Prepared, plan: BuildPlan): Promise<number> {
  const { args, console } = run;
  const { root } = prepared.source;
  const advice = await planAdvice({ root, plan, advice: adviceSettings(run, prepared, plan) });
  const json = args.switches.get('json');
  console.stdout.write(json ? printJson({ ...plan, advice }, 2) : printPlan(plan, advice));
  return 0;
}
