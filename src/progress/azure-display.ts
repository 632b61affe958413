import { azureAnnotation } from './annotation.ts';
import type { Display, DisplayOptions } from './display.ts';
import { createRunnerDisplay, type RunnerDialect } from './runner-display.ts';

const dialect: RunnerDialect = {
  openGroup: (title) => `##[group]${title}`,
  closeGroup: '##[endgroup]',
  heading: (text) => `##[section]${text}`,
  warning: ({ message, file, line }) => azureAnnotation({ level: 'warning', message, file, line }),
  remark: (text) => text,
};

/** For the agent of Azure Pipelines, which looks for commands anywhere in a line and cannot be muted. */
export function createAzureDisplay(options: DisplayOptions): Display {
  const write = (text: string) => void options.stream.write(`${text}\n`);
  const stream = { command: write, say: write, relay: write, endRelay: () => {} };
  return createRunnerDisplay(options, stream, dialect);
}
