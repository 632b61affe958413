import { createDisplay, type Display } from '../progress/index.ts';
import type { ActionRun } from './run-action.ts';

/** The display of an action, which stands in the log of its step. */
export function openActionDisplay({ stream, random }: Pick<ActionRun, 'stream' | 'random'>): Display {
  return createDisplay({ mode: 'github', colors: false, clock: () => Date.now(), stream, token: random });
}
