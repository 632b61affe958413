import { ImageBuilderError } from '../core/index.ts';

export interface StoppedCommands {
  /** From this line on the runner takes nothing for a command. */
  readonly stop: string;
  /** The only line that ends it. */
  readonly resume: string;
}

/** The two lines around text from elsewhere. Nothing between them may hold the token: it is to be random, for each run. */
export function stopCommands(token: string): StoppedCommands {
  if (/^[\w-]{16,}$/.test(token)) return { stop: `::stop-commands::${token}`, resume: `::${token}::` };
  const where = 'the token that stops commands';
  throw new ImageBuilderError('internal', `${where} could be guessed`, { where });
}
