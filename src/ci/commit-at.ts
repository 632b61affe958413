import { askGitServer, gitUrl } from './ask-git-server.ts';
import { type FetchOptions, inSession } from './fetch-session.ts';
import { serverEnvironment } from './git-environment.ts';
import { parseRef, parseRepositoryName, type RepositoryName } from './source-request.ts';
import { onTheWay, withServer } from './transfer-commit.ts';

/**
 * The full id of the commit that a full ref names on its server now, a tag's own object looked through; undefined when
 * there is no such ref. Throws as `fetchSource` does.
 */
export async function commitAt(
  untrustedName: RepositoryName,
  untrustedRef: string,
  options: FetchOptions,
): Promise<string | undefined> {
  const repository = parseRepositoryName(untrustedName);
  const ref = parseRef(untrustedRef);
  const url = gitUrl(repository);
  const { environment, limits } = options;
  return inSession(options, repository, (session) =>
    withServer(repository, session, async (server, http) => {
      await askGitServer({ repository, server, http, signal: session.signal });
      const result = await session.git({
        directory: '/',
        args: ['ls-remote', '--quiet', '--', url, ref, `${ref}^{}`],
        env: serverEnvironment({ environment, server, stallSeconds: limits.stallSeconds }),
      });
      if (result.exitCode === 0) return commitOf(result.stdout, ref);
      throw onTheWay(repository, result);
    }),
  );
}

/** The patterns of `git ls-remote` match the ends of refs too. */
function commitOf(listing: string, ref: string): string | undefined {
  const refs = new Map(
    listing.split('\n').map((line) => {
      const [id = '', name = ''] = line.split('\t');
      return [name, id] as const;
    }),
  );
  return refs.get(`${ref}^{}`) ?? refs.get(ref);
}
