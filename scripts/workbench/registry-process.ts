import { mkdir } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { ProcessId } from './processes.ts';
import { awaitDaemon, startDaemon } from './processes.ts';
import type { RegistryAuth } from './registry-config.ts';
import { writeRegistryConfig } from './registry-config.ts';

export interface RegistryRun extends RegistryAuth {
  readonly program: string;
  readonly folder: string;
  readonly data: string;
  readonly port: number;
  readonly mark: string;
  readonly signal: AbortSignal;
}

/** For the runtime of Go, which spends half of its work on collecting a small heap: builds beside it need the processor. */
const frugal = { GOGC: '400', GOMAXPROCS: '1' };

/** Starts docker-registry on a port of loopback and returns when it answers. */
export async function startRegistryProcess(run: RegistryRun): Promise<ProcessId> {
  const { folder, data, port } = run;
  await mkdir(data, { recursive: true });
  const seenAs = { folder, data, address: `127.0.0.1:${port}` };
  const config = await writeRegistryConfig({ ...run, seenAs });
  const log = join(folder, 'registry.log');
  const registry = await startDaemon({
    file: run.program,
    args: ['serve', config],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, OTEL_TRACES_EXPORTER: 'none', ...frugal },
    log,
    mark: run.mark,
  });
  try {
    await awaitDaemon('the registry', registry, log, () => registryAnswers(port), run.signal);
  } catch (error) {
    process.kill(registry.pid, 'SIGKILL');
    throw error;
  }
  return registry;
}

/** Whether something speaks the distribution API there; refusing us is an answer too. */
export function registryAnswers(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const call = get({ host: '127.0.0.1', port, path: '/v2/', timeout: 2_000, agent: false }, (response) => {
      response.resume();
      settle(response.headers['docker-distribution-api-version'] !== undefined);
    });
    call.on('error', () => settle(false));
    call.on('timeout', () => call.destroy());
  });
}

/** The wanted port of loopback if nobody has it, else any free one. */
export async function freePort(wanted = 0): Promise<number> {
  const port = await tryListen(wanted);
  return port ?? (await freePort());
}

function tryListen(port: number): Promise<number | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', () => settle(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
