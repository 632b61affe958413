import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';

/** Where one workbench keeps its things; `home` belongs to one engine and its registry, `root` to all of them. */
export interface Places {
  readonly root: string;
  readonly tools: string;
  readonly apt: string;
  readonly lock: string;
  readonly extraRegistries: string;
  readonly home: string;
  readonly state: string;
  readonly dockerConfig: string;
  readonly registryData: string;
  /** Short, because the path of a unix socket may have no more than 107 bytes. */
  readonly run: string;
  readonly socket: string;
  /** Name of the bridge and of the control group: 12 characters, an interface may have 15. */
  readonly label: string;
}

const defaultRoot = resolve(import.meta.dirname, '../../.cache/workbench');

/** The folders of one instance: `main` for `up` and the tests, `fresh-…` for an engine of its own. */
export function placesOf(root: string = defaultRoot, instance = 'main'): Places {
  const home = join(resolve(root), instance);
  const label = `ibw-${createHash('sha256').update(home).digest('hex').slice(0, 8)}`;
  const run = join('/run', `image-builder-${label}`);
  return {
    root: resolve(root),
    tools: join(resolve(root), 'tools'),
    apt: join(resolve(root), 'apt'),
    lock: join(resolve(root), 'lock'),
    extraRegistries: join(resolve(root), 'registries'),
    home,
    state: join(home, 'state.json'),
    dockerConfig: join(home, 'docker-config'),
    registryData: join(home, 'registry'),
    run,
    socket: join(run, 'docker.sock'),
    label,
  };
}
