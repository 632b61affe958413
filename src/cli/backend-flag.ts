import type { Settings } from '../config/index.ts';
import { nearest } from '../core/index.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';
import { usageError } from './usage-error.ts';

const backends: readonly Settings['backend'][] = ['auto', 'local', 'azure-devops'];

/** Where the command line wants the build carried out; undefined leaves it to the configuration. */
export function backendFlag({ args }: Pick<CommandRun, 'args'>): Settings['backend'] | undefined {
  const word = one(args, 'backend');
  if (word === undefined) return undefined;
  const backend = backends.find((each) => each === word);
  if (backend !== undefined) return backend;
  const near = nearest(word, backends);
  const hint = near === undefined ? `known: ${backends.join(', ')}` : `did you mean "${near}"?`;
  throw usageError('--backend', `unknown backend "${word}"`, hint);
}
