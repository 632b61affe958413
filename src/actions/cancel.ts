import { openPipeline } from '../submit/index.ts';
import { azureLogin, readBuildInputs } from './build-inputs.ts';
import { loadBuildSettings } from './build-settings.ts';
import { endedState, runState } from './build-state.ts';
import { openActionDisplay } from './open-action-display.ts';
import { runAction, userAgent } from './run-action.ts';

/** Milliseconds. */
const patience = 30_000;

// After the step: ends a run that was followed when the step was cancelled, which it may not have had the time to do.
await runAction(async (run) => {
  const { environment, files } = run;
  const runId = files.readState(runState);
  if (!runId || files.readState(endedState)) return;
  const inputs = readBuildInputs(run);
  const { settings, pipeline } = await loadBuildSettings(inputs.text('config'));
  const display = openActionDisplay(run);
  await using opened = openPipeline({
    ...{ pipeline: { settings: pipeline, host: '' }, identity: settings.identity },
    ...{ environment, isGithub: true, given: azureLogin(inputs) },
    ...{ emit: display.emit, clock: () => new Date(), random: Math.random, userAgent },
  });
  await opened.cancel(Number(runId), patience);
  display.close();
});
