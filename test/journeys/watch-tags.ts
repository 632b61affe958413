import type { Verdict } from '../contracts/judges.ts';

/** A production tag as it was first seen. */
export interface SeenTag {
  /** repository:tag */
  readonly name: string;
  readonly digest: string;
  /** What a strict verifier says of the digest at that moment. */
  readonly verdict: Verdict;
}

export interface TagWatch {
  /** Every tag that there was at any moment, in the order of appearance. */
  stop(): Promise<readonly SeenTag[]>;
}

const referrersTag = /^sha256-[0-9a-f]{64}$/;

/** Looks at repositories over and over, and has each tag judged as soon as it appears. */
export function watchTags(
  repositories: readonly string[],
  judge: (reference: string) => Promise<Verdict>,
): TagWatch {
  const seen = new Map<string, Promise<SeenTag>>();
  let stopped = false;
  const look = async (repository: string) => {
    const [host = '', ...path] = repository.split('/');
    const api = `http://${host}/v2/${path.join('/')}`;
    const list = await fetch(`${api}/tags/list`);
    const { tags } = (list.ok ? await list.json() : {}) as { tags?: string[] | null };
    for (const tag of (tags ?? []).filter((each) => !referrersTag.test(each))) {
      const name = `${repository}:${tag}`;
      if (seen.has(name)) continue;
      const head = await fetch(`${api}/manifests/${tag}`, {
        method: 'HEAD',
        headers: { accept: 'application/vnd.oci.image.index.v1+json' },
      });
      const digest = head.headers.get('docker-content-digest') ?? '';
      const judged = judge(`${repository}@${digest}`).then((verdict) => ({ name, digest, verdict }));
      seen.set(name, judged);
    }
  };
  const looking = (async () => {
    while (!stopped) await Promise.all(repositories.map(look));
  })();
  return {
    stop: async () => {
      stopped = true;
      await looking;
      await Promise.all(repositories.map(look));
      return Promise.all(seen.values());
    },
  };
}
