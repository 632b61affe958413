import type { Repository } from '../oci/index.ts';
import { isWithin, repositoryOfImage } from './place.ts';
import { type BaseRules, type Denied, denied } from './verdict.ts';

/** What a build takes in: an image, or what it fetches from an address. */
export type BuildInput =
  | { readonly kind: 'image'; readonly untrustedName: string }
  | { readonly kind: 'address'; readonly untrustedUrl: string };

/** Says why a build may not use one of its inputs; undefined when it may use them all. */
export function judgeBases(inputs: readonly BuildInput[], rules: BaseRules): Denied | undefined {
  if (!restrictsBases(rules)) return undefined;
  for (const input of inputs) {
    const base = baseOf(input);
    const refusal = base === undefined ? undefined : judge(base, rules);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Whether it matters which base images a build uses. */
export function restrictsBases({ only, restricted }: BaseRules): boolean {
  return only !== undefined || restricted !== undefined;
}

interface Base {
  readonly name: string;
  /** Absent for a name that cannot be understood. */
  readonly repository: Repository | undefined;
}

/** What an address fetches from a registry's own interface is a piece of an image; any other file is no base. */
function baseOf(input: BuildInput): Base | undefined {
  if (input.kind === 'image')
    return { name: input.untrustedName, repository: repositoryOfImage(input.untrustedName) };
  const { untrustedUrl: name } = input;
  const url = URL.canParse(name) ? new URL(name) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return undefined;
  const [, path] = /^\/v2\/(.+)\/(?:blobs|manifests)\//.exec(url.pathname.replace(/\/+/g, '/')) ?? [];
  return path === undefined ? undefined : { name, repository: { registry: url.host, path } };
}

function judge({ name, repository }: Base, { only, restricted }: BaseRules): Denied | undefined {
  if (repository === undefined) {
    const rule = only?.rule ?? 'restricted-bases';
    return denied(rule, `base image "${name}" cannot be placed`, 'name it as registry/repository:tag');
  }
  const lies = (places: readonly string[]) => places.some((place) => isWithin(repository, place));
  if (restricted !== undefined && lies(restricted.places)) {
    const reason = `base image "${name}" is restricted, and "${restricted.openTo}" is not`;
    const wayOut = 'push to the restricted registries (--use-restricted-registry), or use another base image';
    return denied('restricted-bases', reason, wayOut);
  }
  if (only === undefined || lies(only.places)) return undefined;
  const reason = `base image "${name}" comes from a place that is not allowed`;
  return denied(only.rule, reason, `use one from ${only.places.join(', ')}`);
}
