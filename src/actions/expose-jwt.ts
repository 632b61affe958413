import { readInputs, requestIdToken } from '../github/index.ts';
import { githubCommand } from '../progress/index.ts';
import { runAction } from './run-action.ts';

// Gives a job its OIDC token, masked before anything else can show it.
await runAction(async ({ environment, http, files, print, signal }) => {
  const audience = readInputs(environment, ['audience']).text('audience') || undefined;
  const token = await requestIdToken({ environment, http, audience, signal });
  print(githubCommand('add-mask', {}, token.reveal()));
  files.setOutput('jwt', token.reveal());
});
