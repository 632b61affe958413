import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { delimiter, join } from 'node:path';
import { makeBridge } from './bridge.ts';
import { ensureEmulation, removeEmulation } from './emulation.ts';
import { engineMark, otherEngines, removeEngineLeftovers } from './leftovers.ts';
import type { Places } from './places.ts';
import type { ProcessId } from './processes.ts';
import { awaitDaemon, endProcess, isAlive, startDaemon } from './processes.ts';
import { runCommand, tryCommand } from './run-command.ts';
import type { Session } from './session.ts';
import { toolFolders } from './tool-path.ts';

/** Starts dockerd with its containerd from the brought tools and returns when it answers. */
export async function startEngine(session: Session): Promise<ProcessId> {
  const { places } = session;
  const data = join(places.home, 'data');
  await removeEngineLeftovers(places);
  await mkdir(data, { recursive: true });
  // Unmounted with whatever else an engine leaves.
  if (session.inMemory) await runCommand('mount', ['-t', 'tmpfs', 'tmpfs', data]);
  await mkdir(places.run, { recursive: true, mode: 0o700 });
  await writeDockerConfig(places);
  const config = join(places.home, 'daemon.json');
  await writeFile(config, JSON.stringify(await daemonConfig(places), null, 2));
  await ensureEmulation(places);
  await makeBridge(places);
  const log = engineLog(places);
  const engine = await startDaemon({
    file: 'unshare',
    // A mount namespace of its own: whatever kills the engine, its mounts go with it.
    args: ['--mount', '--propagation', 'slave', 'dockerd', '--config-file', config],
    env: { ...process.env, PATH: enginePath(places) },
    log,
    mark: engineMark(places),
  });
  try {
    await awaitDaemon('the engine', engine, log, () => answersPing(places.socket), session.signal);
  } catch (error) {
    await stopEngine(places, engine);
    throw error;
  }
  return engine;
}

/** Ends the engine and clears away what it leaves; emulation goes with the last engine of this machine. */
export async function stopEngine(places: Places, engine: ProcessId): Promise<void> {
  await endProcess(engine);
  await removeEngineLeftovers(places);
  if (otherEngines(places).length === 0) await removeEmulation();
}

export async function engineRuns(places: Places, engine: ProcessId): Promise<boolean> {
  return isAlive(engine) && (await answersPing(places.socket));
}

/** What a child needs to speak to the brought engine, complete values to lay over process.env. */
export function engineEnvironment(places: Places): Record<string, string> {
  return {
    DOCKER_HOST: `unix://${places.socket}`,
    DOCKER_CONFIG: places.dockerConfig,
    BUILDX_BUILDER: 'default',
    PATH: enginePath(places),
  };
}

function engineLog(places: Places): string {
  return join(places.home, 'dockerd.log');
}

/** A docker configuration with buildx and nothing else, so that the user's is neither read nor written. */
async function writeDockerConfig(places: Places): Promise<void> {
  const plugins = join(places.dockerConfig, 'cli-plugins');
  const link = join(plugins, 'docker-buildx');
  await mkdir(plugins, { recursive: true });
  await rm(link, { force: true });
  await symlink(join(places.tools, 'usr/libexec/docker/cli-plugins/docker-buildx'), link);
  const config = join(places.dockerConfig, 'config.json');
  if (!existsSync(config)) await writeFile(config, '{}\n');
}

async function daemonConfig(places: Places) {
  const overlay = await supportsOverlay(places);
  return {
    hosts: [`unix://${places.socket}`],
    'data-root': join(places.home, 'data'),
    'exec-root': join(places.run, 'exec'),
    pidfile: join(places.run, 'docker.pid'),
    features: { 'containerd-snapshotter': true },
    ...(overlay ? {} : { 'storage-driver': 'native' }),
    bridge: places.label,
    'cgroup-parent': `/${places.label}`,
    'insecure-registries': ['127.0.0.0/8'],
    // The machine's firewall and forwarding are not ours to change: RUN steps run, but reach no network.
    iptables: false,
    ip6tables: false,
    'ip-forward': false,
  };
}

/** A checkout that itself lies on an overlay cannot carry another one. */
async function supportsOverlay(places: Places): Promise<boolean> {
  const probe = join(places.home, 'overlay-probe');
  for (const part of ['lower', 'upper', 'work', 'merged'])
    await mkdir(join(probe, part), { recursive: true });
  const script = 'cd "$1" && mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged';
  const { code } = await tryCommand('unshare', ['--mount', 'sh', '-c', script, 'sh', probe]);
  await rm(probe, { recursive: true, force: true });
  return code === 0;
}

function enginePath(places: Places): string {
  return [...toolFolders(places), process.env.PATH ?? ''].join(delimiter);
}

function answersPing(socketPath: string): Promise<boolean> {
  return new Promise((settle) => {
    const call = request({ socketPath, path: '/_ping', timeout: 2_000 }, (response) => {
      response.resume();
      settle(response.statusCode === 200);
    });
    call.on('error', () => settle(false));
    call.on('timeout', () => call.destroy());
    call.end();
  });
}
