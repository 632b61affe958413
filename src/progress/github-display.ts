import { githubAnnotation } from './annotation.ts';
import type { Display, DisplayOptions } from './display.ts';
import { githubCommand } from './github-command.ts';
import { createRunnerDisplay, type RunnerDialect } from './runner-display.ts';
import type { RunnerStream } from './runner-stream.ts';

const dialect: RunnerDialect = {
  openGroup: (title) => githubCommand('group', {}, title),
  closeGroup: githubCommand('endgroup', {}, ''),
  heading: (text) => `== ${text}`,
  warning: (notice) => githubAnnotation({ ...notice, level: 'warning' }),
  remark: (text) => githubCommand('notice', {}, text),
};

/**
 * For GitHub's runner, which obeys `::command::` and `##[command]` in what it reads: beside being neutralised, the
 * output of steps stands between `::stop-commands::` and a token that nobody can guess.
 */
export function createGithubDisplay(options: DisplayOptions): Display {
  return createRunnerDisplay(options, muting(options), dialect);
}

/** Mutes the runner when the first text of others comes, and until something is to be obeyed. */
function muting({ stream, token }: Pick<DisplayOptions, 'stream' | 'token'>): RunnerStream {
  let muted: string | undefined;
  const write = (text: string) => void stream.write(`${text}\n`);
  const endRelay = () => {
    if (muted !== undefined) write(githubCommand(muted, {}, ''));
    muted = undefined;
  };
  return {
    endRelay,
    say: write,
    command(line) {
      endRelay();
      write(line);
    },
    relay(text) {
      const opening = muted === undefined;
      muted ??= token();
      if (opening) write(githubCommand('stop-commands', {}, muted));
      write(without(muted, text));
    },
  };
}

/** The runner compares its token without regard to case. */
function without(token: string, text: string): string {
  return text.replace(new RegExp(token, 'gi'), '***');
}
