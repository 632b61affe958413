import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Why no step of this builder can reach a loopback address of this machine, by the files of the docker CLI and of buildx
 * 0.29; undefined where it can, or where only trying tells. Asks no engine.
 */
export async function outOfReach(
  environment: Environment,
  builder: string | undefined,
): Promise<string | undefined> {
  const { DOCKER_CONFIG, HOME = '', BUILDX_CONFIG, BUILDX_BUILDER, DOCKER_CONTEXT } = environment;
  const docker = DOCKER_CONFIG || join(HOME, '.docker');
  const buildx = BUILDX_CONFIG || join(docker, 'buildx');
  const name = builder ?? (BUILDX_BUILDER || (await currentBuilder(buildx, environment)));
  const instance = name === undefined ? undefined : await readJson(join(buildx, 'instances', name));
  if (name !== undefined && instance !== undefined) return ofInstance(name, instance as Partial<Instance>);
  const context = DOCKER_CONTEXT || name;
  const host =
    environment.DOCKER_HOST || (context === undefined ? undefined : await contextHost(docker, context));
  return host === undefined ? undefined : ofEndpoint(host);
}

/** What `buildx create` writes down. */
interface Instance {
  readonly Driver: string;
  readonly Nodes: readonly {
    readonly Endpoint?: string;
    readonly DriverOpts?: Readonly<Record<string, string>> | null;
  }[];
}

function ofInstance(name: string, { Driver = '', Nodes = [] }: Partial<Instance>): string | undefined {
  const reasons = Nodes.map(({ Endpoint = '', DriverOpts }) => {
    const remote = ofEndpoint(Endpoint);
    if (Driver === 'remote') return remote;
    if (Driver !== 'docker-container')
      return `the steps of builder "${name}" run elsewhere (driver "${Driver}")`;
    if (DriverOpts?.network !== 'host')
      return `builder "${name}" was made without "--driver-opt network=host"`;
    return remote;
  });
  return reasons.find((reason) => reason !== undefined);
}

/** A docker context's name, which buildx allows here too, says nothing. */
function ofEndpoint(endpoint: string): string | undefined {
  return /^(?:tcp|ssh|https?|kube-pod):/.test(endpoint) ? 'the engine is not on this machine' : undefined;
}

/** What `buildx use` chose, for the engine that docker would be asked of. */
async function currentBuilder(buildx: string, { DOCKER_HOST }: Environment): Promise<string | undefined> {
  const current = (await readJson(join(buildx, 'current'))) as { Key?: string; Name?: string } | undefined;
  const key = DOCKER_HOST || 'unix:///var/run/docker.sock';
  return current?.Key === key ? current.Name || undefined : undefined;
}

async function contextHost(docker: string, context: string): Promise<string | undefined> {
  const id = createHash('sha256').update(context).digest('hex');
  const meta = (await readJson(join(docker, 'contexts/meta', id, 'meta.json'))) as
    | { Endpoints?: { docker?: { Host?: string } } }
    | undefined;
  return meta?.Endpoints?.docker?.Host;
}

/** What an object holds; undefined for anything else. */
async function readJson(path: string): Promise<object | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
