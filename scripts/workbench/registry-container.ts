import { join } from 'node:path';
import type { RegistryAuth } from './registry-config.ts';
import { writeRegistryConfig } from './registry-config.ts';
import { registryAnswers } from './registry-process.ts';
import { runCommand, tryCommand } from './run-command.ts';
import { waitUntil } from './session.ts';
import { WorkbenchError } from './workbench-error.ts';

/** The command names the configuration, which serves version 3 as well. */
const image = 'registry:2';

export interface RegistryContainerRun extends RegistryAuth {
  readonly docker: string;
  readonly env: NodeJS.ProcessEnv;
  readonly name: string;
  readonly folder: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** Runs a registry in the machine's own engine, its content in a volume of the container's name. */
export async function startRegistryContainer(run: RegistryContainerRun): Promise<void> {
  const { docker, env, name, port, signal } = run;
  const inside = '/workbench';
  const seenAs = { folder: inside, data: '/var/lib/registry', address: ':5000' };
  const token = run.token && { ...run.token, rootcertbundle: join(inside, 'issuer.pem') };
  await writeRegistryConfig({ ...run, ...(token ? { token } : {}), seenAs });
  const options = { env, signal };
  await removeRegistryContainer(docker, env, name);
  const publish = ['--publish', `127.0.0.1:${port}:5000`, '--volume', `${name}:${seenAs.data}`];
  await runCommand(docker, ['create', '--name', name, ...publish, image, `${inside}/config.yml`], options);
  await runCommand(docker, ['cp', `${run.folder}/.`, `${name}:${inside}`], options);
  if (run.token)
    await runCommand(docker, ['cp', run.token.rootcertbundle, `${name}:${inside}/issuer.pem`], options);
  await runCommand(docker, ['start', name], options);
  if (await waitUntil(() => registryAnswers(port), 30_000, signal)) return;
  const { stdout, stderr } = await tryCommand(docker, ['logs', '--tail', '12', name], options);
  throw new WorkbenchError(`the registry "${name}" did not answer within 30 s\n${stdout}${stderr}`);
}

export async function removeRegistryContainer(
  docker: string,
  env: NodeJS.ProcessEnv,
  name: string,
  content: 'keep content' | 'drop content' = 'keep content',
): Promise<void> {
  await tryCommand(docker, ['rm', '--force', name], { env });
  if (content === 'drop content') await tryCommand(docker, ['volume', 'rm', '--force', name], { env });
}
