import { dockerHubRegistry, isRepositoryPath, printRepository, type Repository } from '../../oci/index.ts';

/** Every repository that no other policy names. */
export const anyRepository = '*';

const hostPattern =
  /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?$/;

const dockerHubNames: readonly string[] = ['docker.io', 'registry-1.docker.io'];

/** A repository, or `*`, in the one spelling that scopes are compared in; undefined when the text is neither. */
export function parseScope(text: string): string | undefined {
  if (text === anyRepository) return text;
  const slash = text.indexOf('/');
  const [host, path] = [text.slice(0, slash), text.slice(slash + 1)];
  if (slash < 0 || !hostPattern.test(host) || !isRepositoryPath(path)) return undefined;
  return `${dockerHubNames.includes(host) ? dockerHubRegistry : host}/${path}`;
}

/** The scope that names exactly this repository. */
export function scopeOf(repository: Repository): string {
  return printRepository(repository);
}
