import { Secret } from '../core/index.ts';
import { createDisplay } from '../progress/index.ts';
import { openPipeline } from '../submit/index.ts';
import { readBuildInputs } from './build-inputs.ts';
import { loadBuildSettings } from './build-settings.ts';
import { endedState, runState } from './build-state.ts';
import { runAction, userAgent } from './run-action.ts';

/** Milliseconds. */
const patience = 30_000;

// After the step: ends a run that was followed when the step was cancelled, which it may not have had the time to do.
await runAction(async ({ environment, files, stream, random }) => {
  const runId = files.readState(runState);
  if (runId === undefined || files.readState(endedState) !== undefined) return;
  const inputs = readBuildInputs({ environment });
  const { settings, pipeline } = await loadBuildSettings(inputs.text('config'));
  const clientSecret = inputs.text('azure-client-secret');
  const display = createDisplay({
    mode: 'github',
    colors: false,
    clock: () => Date.now(),
    stream,
    token: random,
  });
  await using opened = openPipeline({
    ...{
      pipeline: { settings: pipeline, host: '' },
      identity: settings.identity,
      environment,
      isGithub: true,
    },
    given: {
      tenantId: inputs.text('azure-tenant-id'),
      clientId: inputs.text('azure-client-id'),
      clientSecret: clientSecret === '' ? undefined : new Secret(clientSecret),
    },
    ...{ emit: display.emit, clock: () => new Date(), random: Math.random, userAgent },
  });
  await opened.cancel(Number(runId), AbortSignal.timeout(patience));
  display.emit({ kind: 'notice', level: 'info', message: `run ${runId} was told to stop` });
  display.close();
});
