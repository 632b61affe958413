import type { BuildRequest } from '../request/index.ts';
import { chooseBackend, type SubmitResult, submit } from '../submit/index.ts';
import { backendFlag } from './backend-flag.ts';
import { type LocalBuild, type LocalTools, localBackend, planHere } from './build-here.ts';
import { orderFor, pipelineBackend, type RemoteBuild } from './build-in-pipeline.ts';
import type { CommandRun } from './commands.ts';
import { clock } from './connect.ts';
import { isRunOf } from './is-run-of.ts';
import type { Prepared } from './prepare.ts';

/** A build of which everything is decided that is decided here. */
export type DecidedBuild = LocalBuild | RemoteBuild;

/** Decides where a build runs, and, where it runs here, everything of it. */
export async function decideBuild(
  run: CommandRun,
  prepared: Prepared,
  request: BuildRequest,
): Promise<DecidedBuild> {
  const { settings, file, ci } = prepared;
  const backend = chooseBackend({
    ...{ requested: backendFlag(run), settings, file, inCi: ci !== undefined },
    inPipeline: settings.adoConfig !== undefined && isRunOf(settings.adoConfig, run.console.environment),
  });
  return backend === 'local' ? planHere(run, prepared, request) : orderFor(run, prepared, request);
}

/** Has a build carried out where it was decided to run. Does not throw. */
export function carryOut(run: CommandRun, decided: DecidedBuild, tools: LocalTools): Promise<SubmitResult> {
  const { signal } = run;
  return decided.kind === 'here'
    ? submit({ ...decided, backend: localBackend(run, decided, tools), clock, signal })
    : submit({ ...decided, backend: pipelineBackend(run, decided, tools.emit), clock, signal });
}
