import type { Verdict } from '../contracts/judges.ts';

/** A production tag as it was first seen with this digest. */
export interface SeenTag {
  /** repository:tag */
  readonly name: string;
  readonly digest: string;
  /** What a strict verifier says of the digest at that moment. */
  readonly verdict: Verdict;
}

export interface TagWatch {
  /** Every tag with every digest that it had at any moment, in the order of appearance. */
  stop(): Promise<readonly SeenTag[]>;
}

const referrersTag = /^sha256-[0-9a-f]{64}$/;

/** Undefined while nobody can pull by the tag: the registry lists a tag a moment before it has one. */
async function digestUnder(manifest: string): Promise<string | undefined> {
  const headers = { accept: 'application/vnd.oci.image.index.v1+json' };
  const head = await fetch(manifest, { method: 'HEAD', headers });
  return head.ok ? (head.headers.get('docker-content-digest') ?? '') : undefined;
}

/** Looks at repositories over and over, and has each tag judged as soon as it appears and whenever it has moved. */
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
      const digest = await digestUnder(`${api}/manifests/${tag}`);
      const [name, image] = [`${repository}:${tag}`, `${repository}@${digest}`];
      if (digest === undefined || seen.has(`${name} ${image}`)) continue;
      seen.set(
        `${name} ${image}`,
        judge(image).then((verdict) => ({ name, digest, verdict })),
      );
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
