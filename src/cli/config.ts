import { findCheckoutRoot } from '../ci/index.ts';
import { configSchema, settingsTable } from '../config/index.ts';
import { printJson } from '../progress/index.ts';
import type { CommandRun } from './commands.ts';
import { loadConfiguration } from './load-configuration.ts';
import { unknownAction } from './usage-error.ts';
import { warn } from './warn.ts';

/** `config check` prints every effective value with its source, `config schema` the JSON Schema of the file. */
export async function config(run: CommandRun): Promise<number> {
  const [action = ''] = run.args.positionals;
  if (action === 'check') return check(run);
  if (action === 'schema') return schema(run);
  throw unknownAction('config', action, ['check', 'schema']);
}

async function check(run: CommandRun): Promise<number> {
  const root = await findCheckoutRoot(run.console.directory, run.signal);
  const { effective, warnings, file } = await loadConfiguration(run, root);
  warn(run, warnings);
  const rows = settingsTable(effective);
  const width = (key: 'setting' | 'value') => Math.min(48, Math.max(...rows.map((row) => row[key].length)));
  const [settings, values] = [width('setting'), width('value')];
  const lines = rows.map(
    (row) => `${row.setting.padEnd(settings)}  ${row.value.padEnd(values)}  ${row.source}\n`,
  );
  run.console.stdout.write(
    run.args.switches.get('json') ? printJson(effective, 2) : `${lines.join('')}\n${file} is valid\n`,
  );
  return 0;
}

async function schema(run: CommandRun): Promise<number> {
  run.console.stdout.write(printJson(configSchema(), 2));
  return 0;
}
