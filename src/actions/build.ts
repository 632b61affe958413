import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readCiBuild } from '../ci/index.ts';
import { ImageBuilderError, Secret } from '../core/index.ts';
import { createDisplay } from '../progress/index.ts';
import { describeOrder, openPipeline, remoteRequest, submit } from '../submit/index.ts';
import { readBuildInputs, requestedBuild } from './build-inputs.ts';
import { publishResult } from './build-outputs.ts';
import { loadBuildSettings } from './build-settings.ts';
import { endedState, runState } from './build-state.ts';
import { type ActionRun, runAction, userAgent } from './run-action.ts';

// Has the image built in the pipeline, follows it, and says what to pull.
await runAction(async (run) => {
  const { environment, print, signal, files } = run;
  const inputs = readBuildInputs(run);
  const ci = await readCiBuild(environment, readFile);
  if (ci?.ci !== 'github') throw notInWorkflow();
  const { settings, pipeline } = await loadBuildSettings(inputs.text('config'));
  const request = remoteRequest({ build: ci, asked: requestedBuild(inputs), environment });
  const order = { settings: pipeline, host: ci.host };
  if (inputs.flag('dry-run')) return print(describeOrder(request, order, { json: false }).trimEnd());
  const display = openActionDisplay(run);
  for (const message of ci.notes) display.emit({ kind: 'notice', level: 'info', message });
  await using opened = openPipeline({
    ...{ pipeline: order, identity: settings.identity, environment, isGithub: true, userAgent },
    given: {
      token: secretOf(inputs.text('oidc-token')),
      tenantId: inputs.text('azure-tenant-id'),
      clientId: inputs.text('azure-client-id'),
      clientSecret: secretOf(inputs.text('azure-client-secret')),
    },
    onStarted: async ({ id }) => files.saveState(runState, String(id)),
    ...{ emit: display.emit, clock: () => new Date(), random: Math.random },
  });
  const backend = opened.backend(randomUUID());
  const imageName = request.build.name ?? request.source.name;
  const result = await submit({ request, backend, imageName, clock: () => new Date(), signal });
  if (result.error?.code !== 'cancelled') files.saveState(endedState, 'true');
  display.close();
  publishResult(run, result);
});

function openActionDisplay({ stream, random }: ActionRun) {
  return createDisplay({ mode: 'github', colors: false, clock: () => Date.now(), stream, token: random });
}

function secretOf(text: string): Secret | undefined {
  return text === '' ? undefined : new Secret(text);
}

function notInWorkflow(): ImageBuilderError {
  const message = 'this action runs in a GitHub workflow';
  return new ImageBuilderError('usage.invalid', message, { argument: 'GITHUB_ACTIONS' });
}
