import { resolve } from 'node:path';
import { findCheckoutRoot } from '../ci/index.ts';
import { loadPolicyCases } from '../config/index.ts';
import { ImageBuilderError } from '../core/index.ts';
import { printRepository } from '../oci/index.ts';
import { type CaseResult, runCase } from '../policy/index.ts';
import { neutraliseLine, printJson } from '../progress/index.ts';
import type { CommandRun } from './commands.ts';
import { loadConfiguration } from './load-configuration.ts';
import { unknownAction, usageError } from './usage-error.ts';
import { warn } from './warn.ts';

/**
 * `policy test FILE` puts a table of questions to the policy of the configuration and prints the verdicts. Throws
 * `policy.unexpected` unless all are as expected.
 */
export async function policy(run: CommandRun): Promise<number> {
  const { args, console, signal } = run;
  const [action = '', file] = args.positionals;
  if (action !== 'test') throw unknownAction('policy', action, ['test']);
  if (file === undefined)
    throw usageError('FILE', 'the file with the cases is missing', 'see docs/policy.md');
  const root = await findCheckoutRoot(console.directory, signal);
  const { settings, warnings } = await loadConfiguration(run, root);
  warn(run, warnings);
  const cases = await loadPolicyCases(resolve(console.directory, file));
  const results = cases.map((each) => runCase(each, settings));
  console.stdout.write(args.switches.get('json') ? printJson(results.map(row), 2) : table(results));
  refuseUnexpected(results);
  return 0;
}

function table(results: readonly CaseResult[]): string {
  const rules = results.map(({ verdict }) => verdict.rule ?? '-');
  const width = Math.max(...rules.map((rule) => rule.length));
  const lines = results.flatMap(({ name, verdict, differences }, at) => [
    `${differences.length === 0 ? 'ok   ' : 'WRONG'}  ${verdict.kind.padEnd(7)}  ${rules[at]?.padEnd(width)}  ${neutraliseLine(name)}`,
    ...differences.map((difference) => `       ${neutraliseLine(difference)}`),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

function row({ name, verdict, differences }: CaseResult) {
  const asExpected = differences.length === 0;
  const said =
    verdict.kind === 'denied'
      ? { reason: verdict.reason, way_out: verdict.wayOut }
      : {
          destinations: verdict.destinations.map(({ push }) => printRepository(push)),
          signers: verdict.signing.kind === 'unsigned' ? [] : verdict.signing.signers,
        };
  return { name, as_expected: asExpected, verdict: verdict.kind, rule: verdict.rule, ...said, differences };
}

function refuseUnexpected(results: readonly CaseResult[]): void {
  const wrong = results.filter(({ differences }) => differences.length > 0).map(({ name }) => name);
  if (wrong.length === 0) return;
  const message = `${wrong.length} of ${results.length} verdicts are not as expected`;
  const hint = 'they are marked on stdout; correct the policy, or what the case expects';
  throw new ImageBuilderError('policy.unexpected', message, { cases: wrong }, { hint });
}
