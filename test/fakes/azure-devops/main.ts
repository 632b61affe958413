// Azure DevOps on this machine, until Ctrl-C: runs a pipeline file whenever a client asks for it.
// Usage: node test/fakes/azure-devops/main.ts FILE [--port N] [--pool NAME]… [--secret GROUP.NAME=VALUE]…
//        [--variable GROUP.NAME=VALUE]… [--client-secret VALUE] [--issuer URL --ca FILE]
// The agents of all pools have the environment of this process. An issuer is one whose tokens Entra exchanges, for
// example that of test/fakes/oidc-issuer/main.ts.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startFakeAzureDevOps } from './fake-azure-devops.ts';
import type { GroupValue } from './options.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    port: { type: 'string', default: '9444' },
    pool: { type: 'string', multiple: true, default: ['default'] },
    secret: { type: 'string', multiple: true, default: [] },
    variable: { type: 'string', multiple: true, default: [] },
    'client-secret': { type: 'string' },
    issuer: { type: 'string' },
    ca: { type: 'string' },
  },
});
const [file] = positionals;
const { issuer, ca, 'client-secret': secret } = values;
const env = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
);

const groups: Record<string, Record<string, GroupValue>> = {};
for (const isSecret of [true, false])
  for (const text of isSecret ? values.secret : values.variable) {
    const [, group = '', name = '', value = ''] = /^([^.]+)\.([^=]+)=(.*)$/s.exec(text) ?? [];
    groups[group] = { ...groups[group], [name]: { value, isSecret } };
  }

const token = 'token-of-the-emulator';
const emulator = await startFakeAzureDevOps({
  port: Number(values.port),
  personalAccessTokens: [token],
  pipeline: file === undefined ? {} : { file },
  pools: Object.fromEntries(values.pool.map((name) => [name, { env }])),
  variableGroups: groups,
  entra: {
    ...(secret !== undefined && { clientSecret: secret }),
    ...(issuer !== undefined && { federated: [{ issuer }] }),
    ...(ca !== undefined && { ca: readFileSync(ca, 'utf8') }),
  },
});
process.stdout.write(`personal access token: ${token}
Entra: ${emulator.authorityUrl}/${emulator.tenant}/oauth2/v2.0/token, client ${emulator.clientId}
ado-config:
  ado-organization-url: ${emulator.url}
  ado-project-name: ${emulator.project}
  ado-pipeline-id: ${emulator.pipelineId}
`);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await emulator.close();
    process.exit();
  });
