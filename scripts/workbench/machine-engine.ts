import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { foreignArchitecture } from './debian.ts';
import { findOnPath } from './find-on-path.ts';
import { tryCommand } from './run-command.ts';
import type { Session } from './session.ts';
import type { EngineState } from './state.ts';

type MachineEngine = Extract<EngineState, { kind: 'machine' }>;

interface DockerInfo {
  readonly DriverStatus?: readonly (readonly [string, string])[] | null;
  readonly OperatingSystem?: string;
  readonly ServerErrors?: readonly string[];
}

/** The engine this machine already has, if it builds several platforms and reaches our loopback; left as it is. */
export async function findMachineEngine(session: Session): Promise<MachineEngine | undefined> {
  const docker = findOnPath('docker');
  if (docker === undefined) return undefined;
  const [info, version, builder] = await Promise.all([
    ask(session, docker, ['info', '--format', '{{json .}}']),
    ask(session, docker, ['buildx', 'version']),
    ask(session, docker, ['buildx', 'inspect']),
  ]);
  if (info === undefined || version === undefined) return undefined;
  const details = JSON.parse(info) as DockerInfo;
  if (details.ServerErrors?.length) return undefined;
  const chosen = chooseBuilder(details, builder ?? '');
  if (chosen === undefined) return undefined;
  const platforms = await ask(session, docker, ['buildx', 'inspect', ...chosen.name]);
  const host = await ask(session, docker, ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']);
  const endpoint = process.env.DOCKER_HOST ?? host?.trim() ?? '';
  return {
    kind: 'machine',
    env: await environment(session, chosen.env, endpoint),
    emulation: (platforms ?? '').includes(`linux/${foreignArchitecture}`),
    local: process.platform === 'linux' && endpoint.startsWith('unix:') && !isVirtualMachine(details),
  };
}

/** The engine's own builder with containerd's image store, else the user's builder on the host's network. */
function chooseBuilder(info: DockerInfo, inspected: string) {
  const store = info.DriverStatus?.some(([, value]) => value.startsWith('io.containerd.snapshotter'));
  if (store) return { name: ['default'], env: { BUILDX_BUILDER: 'default' } };
  const name = /^Name:\s*(\S+)/m.exec(inspected)?.[1];
  const onHost = /^Driver:\s*docker-container/m.test(inspected) && /network="?host/.test(inspected);
  if (name === undefined || !onHost) return undefined;
  return { name: [name], env: { BUILDX_BUILDER: name, BUILDX_CONFIG: join(userConfig(), 'buildx') } };
}

/** A docker configuration of our own that finds the user's plugins and engine, so that theirs is not written. */
async function environment(session: Session, builder: Record<string, string>, endpoint: string) {
  const { dockerConfig } = session.places;
  await mkdir(dockerConfig, { recursive: true });
  const config = { cliPluginsExtraDirs: [join(userConfig(), 'cli-plugins')] };
  await writeFile(join(dockerConfig, 'config.json'), `${JSON.stringify(config)}\n`);
  const host: Record<string, string> = endpoint === '' ? {} : { DOCKER_HOST: endpoint };
  return { DOCKER_CONFIG: dockerConfig, ...host, ...builder };
}

function isVirtualMachine(info: DockerInfo): boolean {
  return info.OperatingSystem?.startsWith('Docker Desktop') ?? false;
}

function userConfig(): string {
  return process.env.DOCKER_CONFIG ?? join(homedir(), '.docker');
}

/** The answer of docker, or nothing when it fails or takes too long. */
async function ask(session: Session, docker: string, args: readonly string[]): Promise<string | undefined> {
  const { code, stdout } = await tryCommand(docker, args, { signal: session.signal, timeoutMs: 15_000 });
  return code === 0 ? stdout : undefined;
}
