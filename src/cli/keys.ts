import { relative, resolve } from 'node:path';
import { parseRepository } from '../oci/index.ts';
import { neutraliseLine, printJson } from '../progress/index.ts';
import { createDevelopmentKeys, keyAlgorithms } from '../signing/index.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';
import { unknownAction, usageError } from './usage-error.ts';
import { wholeNumber } from './whole-number.ts';

const defaultSubject = 'C=DE, ST=BW, O=Development, CN=image-builder';

/** `keys create DIRECTORY` makes everything that signing and verifying need on one machine. */
export async function keys({ args, console }: CommandRun): Promise<number> {
  const [action = '', directory] = args.positionals;
  if (action !== 'create') throw unknownAction('keys', action, ['create']);
  if (directory === undefined) throw usageError('DIRECTORY', 'the directory to create is missing');
  const port = wholeNumber(args, 'port', { from: 1, to: 65_535 });
  const files = await createDevelopmentKeys({
    directory: resolve(console.directory, directory),
    now: new Date(),
    subject: one(args, 'subject') ?? defaultSubject,
    days: wholeNumber(args, 'days', { from: 1, to: 3650 }) ?? 365,
    algorithm: algorithmOf(one(args, 'algorithm') ?? 'P-256'),
    scopes: (args.values.get('repository') ?? []).map(checkRepository),
    hosts: args.values.get('host') ?? [],
    ...(port === undefined ? {} : { port }),
  });
  if (args.switches.get('json')) {
    console.stdout.write(printJson(files, 2));
    return 0;
  }
  const paths = files.map(({ path }) => relative(console.directory, path));
  const width = Math.max(...paths.map((path) => path.length));
  const lines = files.map(
    ({ description, secret }, at) =>
      `${paths[at]?.padEnd(width)}  ${description}${secret ? ' (secret)' : ''}`,
  );
  console.stdout.write(`${lines.map(neutraliseLine).join('\n')}\n`);
  console.stderr.write('for trying out and for tests: who can read these files can sign as you\n');
  return 0;
}

function algorithmOf(word: string): (typeof keyAlgorithms)[number] {
  const algorithm = keyAlgorithms.find((each) => each === word);
  if (algorithm !== undefined) return algorithm;
  throw usageError('--algorithm', `unknown algorithm "${word}"`, `known: ${keyAlgorithms.join(', ')}`);
}

function checkRepository(text: string): string {
  if (parseRepository(text) !== undefined) return text;
  throw usageError(
    '--repository',
    `"${text}" is no repository`,
    'write it as host[:port]/path, without a tag',
  );
}
