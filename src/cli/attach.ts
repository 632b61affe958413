import { findCheckoutRoot } from '../ci/index.ts';
import { clearFile } from '../report/index.ts';
import { openPipeline, requirePipeline } from '../submit/index.ts';
import { answer } from './answer.ts';
import { azureLoginOf } from './azure-login-of.ts';
import type { CommandRun } from './commands.ts';
import { agent, clock } from './connect.ts';
import { loadConfiguration } from './load-configuration.ts';
import { one } from './one.ts';
import { openDisplay } from './open-display.ts';
import { usageError } from './usage-error.ts';
import { warn } from './warn.ts';

/** `attach RUN` follows a run of the pipeline that somebody started before, Ctrl-C included. */
export async function attach(run: CommandRun): Promise<number> {
  const { args, console, signal } = run;
  const runId = readRun(args.positionals[0] ?? '');
  const reportPath = one(args, 'build-report-path');
  if (reportPath !== undefined) await clearFile(reportPath);
  const { settings, warnings, file } = await loadConfiguration(
    run,
    await findCheckoutRoot(console.directory, signal),
  );
  warn(run, warnings);
  const adoConfig = requirePipeline(settings, file);
  const display = openDisplay(run);
  try {
    await using pipeline = openPipeline({
      pipeline: { settings: adoConfig, host: '' },
      identity: settings.identity,
      environment: console.environment,
      isGithub: console.environment.GITHUB_ACTIONS === 'true',
      given: azureLoginOf(args),
      ...{ emit: display.emit, clock, userAgent: agent, random: Math.random },
    });
    const result = await pipeline.attach(runId, signal);
    display.close();
    return await answer(run, result);
  } finally {
    display.close();
  }
}

/** The number of a run, or the address of its page. */
function readRun(untrustedText: string): number {
  const query = URL.parse(untrustedText)?.searchParams.get('buildId');
  const number = query ?? untrustedText;
  if (/^[1-9][0-9]{0,14}$/.test(number)) return Number(number);
  throw usageError(
    'RUN',
    `"${untrustedText}" is no run`,
    'name it by its number, or by the address of its page',
  );
}
