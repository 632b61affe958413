import type { DisplayMode } from './display.ts';

export interface DisplayChoice {
  readonly mode: DisplayMode;
  readonly colors: boolean;
}

export interface DisplaySurroundings {
  readonly requested: DisplayMode | 'auto';
  /** Whether the stream of the display is a terminal. */
  readonly isTerminal: boolean;
  /** `GITHUB_ACTIONS`, `TF_BUILD`, `TERM`, `CI` and `NO_COLOR` (https://no-color.org) matter. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * What `--progress` means where the program runs: a CI runner is spoken to in its own words, and the live view needs a
 * capable terminal that a person looks at.
 */
export function chooseDisplay({ requested, isTerminal, env }: DisplaySurroundings): DisplayChoice {
  const capable = isTerminal && env.TERM !== 'dumb';
  const live = capable && !env.CI;
  const mode = requested === 'auto' ? (runnerOf(env) ?? (live ? 'tty' : 'plain')) : requested;
  return { mode, colors: capable && !env.NO_COLOR };
}

function runnerOf(env: DisplaySurroundings['env']): 'github' | 'azure' | undefined {
  if (env.GITHUB_ACTIONS?.toLowerCase() === 'true') return 'github';
  return env.TF_BUILD?.toLowerCase() === 'true' ? 'azure' : undefined;
}
