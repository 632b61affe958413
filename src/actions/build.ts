import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readCiBuild } from '../ci/index.ts';
import { ImageBuilderError, isFailure } from '../core/index.ts';
import { earlyFailureReport } from '../report/index.ts';
import { describeOrder, openPipeline, remoteRequest, type SubmitResult, submit } from '../submit/index.ts';
import { azureLogin, readBuildInputs, requestedBuild, secretInput } from './build-inputs.ts';
import { type Built, publishResult } from './build-outputs.ts';
import { loadBuildSettings } from './build-settings.ts';
import { endedState, runState } from './build-state.ts';
import { openActionDisplay } from './open-action-display.ts';
import { type ActionRun, runAction, userAgent } from './run-action.ts';

// Has the image built in the pipeline, follows it, and says what to pull.
await runAction(async (run) => {
  const built = await buildReported(run);
  if (built !== undefined) publishResult(run, built);
});

/** What fails before anything was ordered is reported like any other failure. */
async function buildReported(run: ActionRun): Promise<Built | undefined> {
  try {
    return await build(run);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const imageName = readBuildInputs(run).text('image-name');
    return { report: earlyFailureReport({ imageName, error, now: new Date() }), error };
  }
}

/** Undefined when nothing was to be built. */
async function build(run: ActionRun): Promise<Built | undefined> {
  const { environment, print, signal, files } = run;
  const inputs = readBuildInputs(run);
  const ci = await readCiBuild(environment, readFile);
  if (ci?.ci !== 'github') throw notInWorkflow();
  const { settings, pipeline } = await loadBuildSettings(inputs.text('config'));
  const request = remoteRequest({ build: ci, asked: requestedBuild(inputs), environment });
  const order = { settings: pipeline, host: ci.host };
  if (inputs.flag('dry-run')) {
    print(describeOrder(request, order, { json: false }).trimEnd());
    return undefined;
  }
  const display = openActionDisplay(run);
  try {
    for (const message of ci.notes) display.emit({ kind: 'notice', level: 'info', message });
    await using opened = openPipeline({
      ...{ pipeline: order, identity: settings.identity, environment, isGithub: true, userAgent },
      given: { ...azureLogin(inputs), token: secretInput(inputs, 'oidc-token') },
      onStarted: async ({ id }) => files.saveState(runState, String(id)),
      ...{ emit: display.emit, clock: () => new Date(), random: Math.random },
    });
    const backend = opened.backend(randomUUID());
    const imageName = request.build.name ?? request.source.name;
    const result = await submit({ request, backend, imageName, clock: () => new Date(), signal });
    if (hasEnded(result)) files.saveState(endedState, 'true');
    return { ...result, runUrl: ci.runUrl };
  } finally {
    display.close();
  }
}

/** Whether there is nothing left to end; a run that was told to stop may not have heard it. */
function hasEnded({ report, error }: SubmitResult): boolean {
  const wasToldToStop = error?.code === 'cancelled' || error?.code === 'run.timed-out';
  return report.run?.result !== undefined || !wasToldToStop;
}

function notInWorkflow(): ImageBuilderError {
  const message = 'this action runs in a GitHub workflow';
  return new ImageBuilderError('usage.invalid', message, { argument: 'GITHUB_ACTIONS' });
}
