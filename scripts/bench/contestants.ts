import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../workbench/run-command.ts';
import type { Bench } from './group.ts';
import type { Command } from './run-timed.ts';

/** Both platforms, cross-compiled. */
export const platforms = 'linux/amd64,linux/arm64';

export interface BuildAt {
  readonly cwd: string;
  /** The engine's environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Path of the image below the registry. */
  readonly name: string;
  /** Reference of a cache below the registry. */
  readonly cache?: string;
  /** In place of both. */
  readonly platform?: string;
}

/** What people type today: the image pushed under one tag. */
export function buildxCommand(
  { workbench }: Bench,
  { cwd, env, name, cache, platform = platforms }: BuildAt,
): Command {
  const at = `${workbench.registry}/${cache}`;
  const caches =
    cache === undefined
      ? []
      : ['--cache-from', `type=registry,ref=${at}`, '--cache-to', `type=registry,ref=${at},mode=max`];
  const tag = ['--tag', `${workbench.registry}/${name}:latest`];
  const docker = workbench.tool('docker');
  return {
    argv: [docker, 'buildx', 'build', '--push', '--platform', platform, ...caches, ...tag, '.'],
    cwd,
    env,
  };
}

/** What signs it today: by tag, with a test key. */
export async function notationSigner({ workbench, folder }: Bench, name: string): Promise<Command> {
  const env = { ...workbench.env, XDG_CONFIG_HOME: join(folder, `${name}-notation`) };
  const notation = workbench.tool('notation');
  await runCommand(notation, ['cert', 'generate-test', '--default', 'bench'], {
    env: { ...process.env, ...env },
  });
  return { argv: [notation, 'sign', `${workbench.registry}/${name}:latest`], cwd: folder, env };
}

/** Ours, which builds the image `app`, signing and verifying with keys of its own; `more` is what its configuration says of caches and reuse. */
export async function configureOurs(
  bench: Bench,
  name: string,
  more: string,
): Promise<(at: Pick<BuildAt, 'cwd' | 'env' | 'platform'>) => Command> {
  const { workbench, cli, folder } = bench;
  const keys = join(folder, `${name}-keys`);
  const repository = `${workbench.registry}/${name}`;
  await runCommand('node', [cli, 'keys', 'create', keys, '--repository', `${repository}/app`]);
  const signers = await readFile(join(keys, 'sign-config.yaml'), 'utf8');
  const config = join(folder, `${name}.yaml`);
  await writeFile(
    config,
    [
      `registry: ${repository}`,
      'compression: zstd',
      'default-commit-tag:',
      '  name: default_tag',
      '  value: v{{ .Date }}-{{ .ShortSHA }}',
      '  validation: ^v[0-9]{8}-[0-9a-f]{7}$',
      more,
      // The key that the builder can read: no service is asked.
      signers.replace('      - signing-service\n', '      - embedded\n'),
    ].join('\n'),
  );
  const reportPath = join(folder, `${name}.json`);
  return ({ cwd, env, platform = platforms }) => ({
    argv: [
      ...['node', cli, 'build', '--event', 'workflow_dispatch', '--name', 'app', '--platform', platform],
      ...['--config', config, '--build-report-path', reportPath],
    ],
    cwd,
    env,
    reportPath,
  });
}

/** An empty folder of this name. */
export async function emptyFolder(bench: Bench, name: string): Promise<string> {
  const path = join(bench.folder, name);
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
  return path;
}
