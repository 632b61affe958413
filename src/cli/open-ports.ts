import { homedir } from 'node:os';
import { join } from 'node:path';
import { findEngine, runBuild } from '../buildkit/index.ts';
import type { Settings } from '../config/index.ts';
import { isFailure, throwIfCancelled } from '../core/index.ts';
import { openHttpClient } from '../http/index.ts';
import type { Repository } from '../oci/index.ts';
import type { Ports, Publication, Publisher } from '../pipeline/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import {
  dockerCredentials,
  helperRunner,
  moveTags,
  openRegistry,
  publishImage,
  type RegistryClient,
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
/** An answer takes a second; what is slower than this is down for now. */
const earlyCheckMilliseconds = 20_000;

/** The adapters behind the pipeline; disposing of them ends what they hold open. */
export function openPorts(inputs: PortInputs): Ports & AsyncDisposable {
  const { run, settings, emit } = inputs;
  const environment = run.console.environment;
  const http = openHttpClient({ clock, random: Math.random, userAgent: `image-builder/${version}` });
  const credentials = dockerCredentials({
    configPath: dockerConfigPath(environment),
    run: helperRunner({ environment }),
  });
  const registry = openRegistry({ http, credentials, plainHttp: settings.plainHttpRegistries, clock, emit });
  return {
    build: (job, signal) => buildWithEngine(inputs, job, signal),
    checkPush: (repositories, signal) => checkPush(registry, repositories, signal),
    readLayout: readImageLayout,
    openPublisher: (signal) => openPublisher(registry.withSignal(signal), emit),
    [Symbol.asyncDispose]: () => http.close(),
  };
}

async function buildWithEngine(
  { run, plan, emit }: PortInputs,
  job: Parameters<Ports['build']>[0],
  signal: AbortSignal,
): ReturnType<Ports['build']> {
  const env = run.console.environment;
  const engine = await findEngine({ env });
  return runBuild(engine, job, { emit, signal, env, timeoutSeconds: plan.timeouts.build });
}

/** A registry that does not answer in time gets another chance when the image is built. */
async function checkPush(
  registry: RegistryClient,
  repositories: readonly Repository[],
  signal: AbortSignal,
): Promise<void> {
  const inTime = registry.withSignal(AbortSignal.any([signal, AbortSignal.timeout(earlyCheckMilliseconds)]));
  const attempts = await Promise.allSettled(repositories.map((repository) => inTime.checkPush(repository)));
  throwIfCancelled(signal);
  const failures = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason] : []));
  const final = failures.find(
    (failure) => !isFailure(failure, 'registry.unavailable') && !isFailure(failure, 'cancelled'),
  );
  if (final !== undefined) throw final;
}

function openPublisher(registry: RegistryClient, emit: EmitProgress): Publisher {
  return {
    publish: (image) => publishImage({ ...image, registry, clock, emit }),
    moveTags: async (image, tags) => {
      const { repositories } = image;
      await moveTags({ registry, repositories, tags, manifest: rootManifest(image), clock, emit });
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
