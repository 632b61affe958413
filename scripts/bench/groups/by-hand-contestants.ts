import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { runCommand } from '../../workbench/run-command.ts';
import { type Agent, onFreshEngine } from '../agents.ts';
import { emptyFolder, notationSigner, platforms } from '../contestants.ts';
import type { Contestant } from '../take-turns.ts';
import { compileCache } from '../workloads/go-program.ts';
import type { Workload } from './rebuild-contestants.ts';

const mount = `--mount=type=cache,target=${compileCache}`;
const bash = (script: string) => JSON.stringify(['bash', '-c', script]);

/** Fills the mount, and has the engine get the base meanwhile. */
function restoring({ base, helper }: Workload, port: number): string {
  const script = `cd ${compileCache} && zstd -dcq < /dev/tcp/127.0.0.1/${port} | tar -xf -`;
  return `FROM ${helper} AS restore
ARG ONCE
RUN --network=host ${mount} ${bash(script)}
RUN ${bash(': > /over')}
FROM ${base} AS base
WORKDIR /ahead
FROM ${helper}
COPY --from=base /ahead /ahead
COPY --from=restore /over /
`;
}

/** Copies the mount into an archive. */
function dumping({ helper }: Workload): string {
  return `FROM ${helper} AS dump
ARG ONCE
RUN ${mount} ${bash(`cd ${compileCache} && tar -cf - . | zstd -1q > /mount.tar.zst`)}
FROM scratch
COPY --from=dump /mount.tar.zst /
`;
}

/**
 * What a patient person would type on an agent that begins empty: a build that fills the mount from an archive beside the
 * engine, one that pushes, a signature. Nothing is planned, looked up, checked, attested, verified or reported.
 */
export async function byHand(workload: Workload): Promise<(name: string, agent: Agent) => Contestant> {
  const { bench, changing: cwd, change } = workload;
  const folder = await emptyFolder(bench, 'by-hand');
  const port = await serve(join(folder, 'mount.tar.zst'));
  const files = { 'dump.Dockerfile': dumping(workload), 'restore.Dockerfile': restoring(workload, port) };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const docker = bench.workbench.tool('docker');
  const sign = await notationSigner(bench, 'by-hand');
  const image = `type=image,name=${bench.workbench.registry}/by-hand:latest,push=true`;
  const lean = 'unpack=false,store=false,compression=zstd,oci-mediatypes=true';
  const flags = ['--provenance=false', '--platform', platforms, '--output', `${image},${lean}`];
  return (name, agent) => ({
    name,
    begin: async () => {
      // The warm engine has built before.
      const env = { ...process.env, ...bench.workbench.env };
      await runCommand(docker, helperBuild(folder, 'dump', `type=local,dest=${folder}`), {
        env,
        timeoutMs: 300_000,
      });
      await change();
      return onFreshEngine(bench, agent, (own) => [
        { argv: [docker, ...helperBuild(folder, 'restore', 'type=cacheonly')], cwd, env: own },
        { argv: [docker, 'buildx', 'build', ...flags, '.'], cwd, env: own },
        sign,
      ]);
    },
  });
}

/** The arguments of docker for a build of ours in this folder, which is never found in a cache. */
function helperBuild(folder: string, name: string, output: string): string[] {
  return [
    ...['buildx', 'build', '--progress=quiet', '--provenance=false', '--allow=network.host'],
    ...['--output', output, '--build-arg', `ONCE=${performance.now()}`],
    ...['--file', join(folder, `${name}.Dockerfile`), folder],
  ];
}

/** Gives a file to everybody who connects; does not keep the process. */
async function serve(path: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    createReadStream(path).pipe(socket);
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
