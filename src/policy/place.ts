import { parseReference, parseRepository, type Repository } from '../oci/index.ts';

/** A registry, or a path in it with all that is below. */
interface Place {
  readonly host: string;
  /** Empty for the whole registry. */
  readonly path: string;
}

/** Whether a repository lies in `host[/path]`: there itself, or below it by whole components. */
export function isWithin(repository: Repository, place: string): boolean {
  const { host, path } = parsePlace(place);
  if (sameSpelling(repository.registry) !== host) return false;
  return path === '' || `${repository.path}/`.startsWith(`${path}/`);
}

/** The repository of an image as a Dockerfile or BuildKit names it; undefined when it is none. */
export function repositoryOfImage(untrustedName: string): Repository | undefined {
  return parseReference(spelled(untrustedName))?.repository;
}

function parsePlace(place: string): Place {
  // Docker Hub's own images have a path that is not written; below another path nothing is added.
  const below = '/a/b';
  const found = parseRepository(`${spelled(`${place}/`).slice(0, -1)}${below}`);
  if (found === undefined) throw new Error(`"${place}" is no registry and no repository`);
  return { host: sameSpelling(found.registry), path: `/${found.path}`.slice(1, -below.length) };
}

/** The name with its registry in the one spelling that is compared; as Docker does, capitals make it a registry. */
function spelled(name: string): string {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = first === 'localhost' || /[.:A-Z]/.test(first);
  return isHost ? `${sameSpelling(first)}${name.slice(slash)}` : name;
}

/** Hosts know no case, and https has a port that need not be said. */
function sameSpelling(registry: string): string {
  return registry.toLowerCase().replace(/:443$/, '');
}
