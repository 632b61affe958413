import { matchesGlob } from 'node:path';
import type { StepContext } from './step-context.ts';

/** Whether the step may set this variable; says so in the log if not. */
export function maySet(name: string, { restrictions, task }: StepContext): boolean {
  const patterns = restrictions.settableVariables;
  if (patterns === undefined) return true;
  if (patterns.some((pattern) => matchesGlob(name.toLowerCase(), pattern.toLowerCase()))) return true;
  task.warn(`Setting variable '${name}' has been disabled by the task or build definition.`);
  return false;
}
