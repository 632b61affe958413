import { randomBytes } from 'node:crypto';
import {
  builderEnvironment,
  checkCache,
  describeEngine,
  type Engine,
  exportCache,
  findEngine,
  outOfReach,
  recordedMaterials,
  runBuild,
  runHelper,
  writeKeptSteps,
} from '../buildkit/index.ts';
import { keepMounts, type MountKeeper } from '../cache-mounts/index.ts';
import { parseReference } from '../oci/index.ts';
import type { MountKeeping, Ports } from '../pipeline/index.ts';
import { prefixed } from '../progress/index.ts';
import { ownDockerConfig, type RegistryClient } from '../registry/index.ts';
import type { LazyLogin } from './connect.ts';
import { engineEnvironment } from './engine-environment.ts';
import type { PortInputs } from './open-ports.ts';

type EnginePorts = Pick<
  Ports,
  | 'build'
  | 'checkCache'
  | 'exportCache'
  | 'keepSteps'
  | 'keepMounts'
  | 'recordedMaterials'
  | 'describeBuilder'
>;

export interface CacheRegistries {
  readonly registry: RegistryClient;
  /** Gives up early. */
  readonly impatient: RegistryClient;
  /** As whoever writes caches. */
  readonly writer: RegistryClient;
  /** Of the writer; that of docker when undefined. */
  readonly login: LazyLogin | undefined;
}

/** The adapters of the pipeline that work with engines. */
export function enginePorts(inputs: PortInputs, registries: CacheRegistries): EnginePorts {
  const { plan, emit } = inputs;
  const { impatient, writer, login } = registries;
  return {
    build: async (job, signal) => {
      const { engine, env } = await engineOf(inputs, job.builder);
      const told = job.node === undefined ? emit : prefixed(job.node, emit);
      return runBuild(engine, job, { emit: told, signal, env, timeoutSeconds: plan.timeouts.build });
    },
    checkCache: async (reference, signal) => {
      const parsed = parseReference(reference);
      return parsed === undefined ? undefined : checkCache(impatient.withSignal(signal), parsed);
    },
    exportCache: async (made, signal) => {
      const { engine, env } = await engineOf(inputs, made.job.builder);
      if (login === undefined) return exportCache(engine, made, { env, signal });
      const { folder } = made;
      await using own = await ownDockerConfig({ environment: env, folder, login: await login.read() });
      await exportCache(engine, made, { env: own.environment, signal });
    },
    keepSteps: async (reference, steps, signal) => {
      const parsed = parseReference(reference);
      if (parsed !== undefined) await writeKeptSteps(writer.withSignal(signal), parsed, steps);
    },
    keepMounts: (keeping) => mountKeeper(inputs, registries, keeping),
    recordedMaterials: async (build, signal) => {
      const { engine, env } = await engineOf(inputs, build.builder);
      return recordedMaterials(engine, build, { env, signal });
    },
    describeBuilder: async (builder, signal) => {
      const { engine, env } = await engineOf(inputs, builder);
      return describeEngine(engine, { builder, env, signal });
    },
  };
}

interface CalledEngine {
  readonly engine: Engine;
  readonly env: Readonly<Record<string, string | undefined>>;
}

async function engineOf(
  { run, settings, plan }: PortInputs,
  builder: string | undefined,
): Promise<CalledEngine> {
  const own = engineEnvironment({ environment: run.console.environment, settings, plan });
  const env = await builderEnvironment(own, builder);
  return { engine: await findEngine({ env }), env };
}

function mountKeeper(
  inputs: PortInputs,
  { registry, writer }: CacheRegistries,
  keeping: MountKeeping,
): MountKeeper {
  const { cache, mounts, namespace, folder, node } = keeping;
  const { builder } = node;
  return keepMounts({
    ...{ mounts, folder, registry, writer },
    emit: inputs.plan.nodes.length === 1 ? inputs.emit : prefixed(node.name, inputs.emit),
    places: cache,
    helperImage: cache.helperImage,
    maxBytes: cache.maxBytes,
    random: () => randomBytes(24).toString('hex'),
    outOfReach: async () => outOfReach((await engineOf(inputs, builder)).env, builder),
    runHelper: async (helper, signal) => {
      const { engine, env } = await engineOf(inputs, builder);
      const build = {
        dockerfilePath: helper.dockerfilePath,
        contextDir: helper.contextDir,
        cacheFrom: helper.cacheFrom,
        buildArgs: [namespace, ['ONCE', helper.once]] as const,
        secrets: { endpoint: helper.endpoint },
        hostNetwork: true,
        builder,
      };
      await runHelper(engine, build, { env, signal });
    },
  });
}
