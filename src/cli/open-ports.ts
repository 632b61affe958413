import { homedir } from 'node:os';
import { join } from 'node:path';
import { findEngine, runBuild } from '../buildkit/index.ts';
import type { Settings } from '../config/index.ts';
import { type HttpClient, openHttpClient } from '../http/index.ts';
import type { Ports, Publication } from '../pipeline/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import {
  dockerCredentials,
  helperRunner,
  moveTags,
  openRegistry,
  publishImage,
  readImageLayout,
} from '../registry/index.ts';
import type { CommandRun } from './commands.ts';
import { version } from './version.ts';

export interface PortInputs {
  readonly run: CommandRun;
  readonly settings: Settings;
  readonly plan: BuildPlan;
  readonly emit: EmitProgress;
}

const clock = () => new Date();

/** The adapters behind the pipeline; disposing of them ends what they hold open. */
export function openPorts(inputs: PortInputs): Ports & AsyncDisposable {
  const http = openHttpClient({ clock, random: Math.random, userAgent: `image-builder/${version}` });
  return {
    build: (job) => buildWithEngine(inputs, job),
    readLayout: readImageLayout,
    openPublisher: (signal) => openPublisher(inputs, http, signal),
    [Symbol.asyncDispose]: () => http.close(),
  };
}

async function buildWithEngine(
  { run, plan, emit }: PortInputs,
  job: Parameters<Ports['build']>[0],
): ReturnType<Ports['build']> {
  const { signal, console } = run;
  const env = console.environment;
  const engine = await findEngine({ env });
  return runBuild(engine, job, { emit, signal, env, timeoutSeconds: plan.timeouts.build });
}

function openPublisher(
  { run, settings, emit }: PortInputs,
  http: HttpClient,
  signal: AbortSignal,
): ReturnType<Ports['openPublisher']> {
  const environment = run.console.environment;
  const credentials = dockerCredentials({
    configPath: dockerConfigPath(environment),
    run: helperRunner({ environment }),
  });
  const registry = openRegistry({
    http,
    credentials,
    plainHttp: settings.plainHttpRegistries,
    clock,
    emit,
    signal,
  });
  return {
    publish: (image) => publishImage({ ...image, registry, clock, emit }),
    moveTags: async (image, tags) => {
      await moveTags({
        registry,
        repositories: image.repositories,
        tags,
        manifest: rootManifest(image),
        clock,
        emit,
      });
    },
  };
}

/** What the tags will name; a layout's root is the last of its manifests. */
function rootManifest({ layout }: Publication) {
  const root = layout.manifests.at(-1);
  if (root === undefined) throw new Error('an image layout without manifests');
  const { mediaType, digest } = root.descriptor;
  return { bytes: root.bytes, mediaType, digest };
}

function dockerConfigPath(environment: CommandRun['console']['environment']): string {
  return join(environment.DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json');
}
