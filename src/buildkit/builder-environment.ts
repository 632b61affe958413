import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment in which buildx can use this builder. The builder of a docker context is only there while the context
 * is the current one, which `DOCKER_HOST` would keep from being heeded; all others need nothing.
 */
export async function builderEnvironment(
  environment: Environment,
  builder: string | undefined,
): Promise<Environment> {
  if (builder === undefined || !(await isDockerContext(environment, builder))) return environment;
  const { DOCKER_HOST: _, BUILDX_BUILDER: __, ...others } = environment;
  return { ...others, DOCKER_CONTEXT: builder };
}

/** The context store of the docker command keeps each under the hash of its name. */
async function isDockerContext({ DOCKER_CONFIG, HOME = '' }: Environment, name: string): Promise<boolean> {
  const config = DOCKER_CONFIG || join(HOME, '.docker');
  const id = createHash('sha256').update(name).digest('hex');
  const found = await stat(join(config, 'contexts/meta', id, 'meta.json')).catch(() => undefined);
  return found?.isFile() === true;
}
