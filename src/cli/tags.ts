import { planTags } from '../plan/index.ts';
import { printJson } from '../progress/index.ts';
import { writeFileWhole } from '../report/index.ts';
import type { Tag } from '../tags/index.ts';
import type { CommandRun } from './commands.ts';
import { one } from './one.ts';
import { prepare, requestFrom } from './prepare.ts';
import { warn } from './warn.ts';

/**
 * Prints the tags, one a line as NAME=VALUE. Deployed callers (`--parse-tags-only`) read a JSON array, from the file
 * and from stdout.
 */
export async function tags(run: CommandRun): Promise<number> {
  const prepared = await prepare(run);
  warn(run, prepared.warnings);
  const planned = planTags({
    ...prepared,
    requested: requestFrom(run.args),
    environment: run.console.environment,
  });
  const file = one(run.args, 'tags-output-file');
  if (file !== undefined) await writeFileWhole(file, printTags(planned));
  const asJson = run.args.switches.get('json') || run.args.switches.get('parse-tags-only');
  run.console.stdout.write(
    asJson ? printTags(planned) : planned.map(({ name, value }) => `${name}=${value}\n`).join(''),
  );
  return 0;
}

/** The tags as deployed callers read them: a JSON array of `{name, value, validation?}`. */
export function printTags(tags: readonly Tag[]): string {
  return printJson(tags.map(({ name, value, validation }) => ({ name, value, validation })));
}
