import type { RemoteRepository } from './git-remote.ts';
import { readRepositoryName } from './source-request.ts';

/**
 * The repository that an address in `.gitmodules` means, by https or seen from the repository that names it; undefined
 * for everything else that git would take for one.
 */
export function submoduleRepository(
  untrustedUrl: string,
  from: RemoteRepository,
): RemoteRepository | undefined {
  const [, host, path] = /^https:\/\/([^/]+)\/(.+?)\/*$/.exec(untrustedUrl) ?? [];
  if (host !== undefined && path !== undefined) return named(host.toLowerCase(), path.split('/'));
  const [, steps = '', down] = /^((?:\.\.\/)+)(.+?)\/*$/.exec(untrustedUrl) ?? [];
  const here = [...from.owner.split('/'), from.name];
  const kept = here.length - steps.length / '../'.length;
  return down === undefined || kept < 0
    ? undefined
    : named(from.host, [...here.slice(0, kept), ...down.split('/')]);
}

function named(host: string, path: readonly string[]): RemoteRepository | undefined {
  const name = path.at(-1)?.replace(/\.git$/, '') ?? '';
  return readRepositoryName({ host, owner: path.slice(0, -1).join('/'), name });
}
