import { humanBytes } from '../../core/index.ts';
import type { Instruction } from '../../dockerfile/index.ts';
import type { Finding } from '../advice.ts';
import type { StageHistory } from '../stage-history.ts';

/** What a look at the build context showed. */
export interface ContextFacts {
  /** Whether a `.dockerignore` counts for the build. */
  readonly hasIgnoreFile: boolean;
  /** Whether the folder of the repository's own history lies in it. */
  readonly hasGitFolder: boolean;
  /** Without that folder; counting ends soon beyond the limits. */
  readonly files: number;
  readonly bytes: number;
}

/** Beyond these a context is worth a word. */
export const contextLimits = { files: 20_000, bytes: 500_000_000 } as const;

/**
 * A context that nothing is left out of, where the build reads all of it: BuildKit sends no file that no line asks for.
 * Nothing is said of a history that the build reads.
 */
export function contextSize(
  stages: readonly StageHistory[],
  { hasIgnoreFile, hasGitFolder, files, bytes }: ContextFacts,
): readonly Finding[] {
  const line = stages.flatMap(({ readsContext }) => readsContext ?? [])[0];
  if (hasIgnoreFile || line === undefined) return [];
  const rule = 'context-without-dockerignore';
  if (files > contextLimits.files || bytes > contextLimits.bytes) {
    const size =
      files > contextLimits.files
        ? `more than ${contextLimits.files} files`
        : `more than ${humanBytes(contextLimits.bytes)}`;
    const message = `the build context has ${size}: leave out with a .dockerignore what the build does not need`;
    return [{ rule, line, message, saves: 'a fresh engine took 2.3 s for 3,650 files' }];
  }
  if (!hasGitFolder || stages.some(({ stage }) => stage.instructions.some(readsHistory))) return [];
  const message =
    'this takes ".git" along, which every commit changes, so that no later line is ever found in the cache: add a .dockerignore with ".git"';
  return [{ rule, line, message }];
}

const gitCommand =
  /\bgit\s+(?:-\S+\s+)*(?:describe|rev-parse|rev-list|log|show|status|tag|diff|branch|config|submodule|ls-files|archive)\b/;

function readsHistory({ text, documents }: Instruction): boolean {
  return [text, ...documents].some(
    (script) => gitCommand.test(script) || /(?:^|[\s=/,:"'])\.git\b/.test(script),
  );
}
