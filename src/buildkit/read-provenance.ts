import { type Digest, parseDigest } from '../oci/index.ts';

/** What a build took in, as BuildKit's provenance has it. */
export type Material =
  | {
      readonly kind: 'image';
      /** As a Dockerfile would name it: `host/path:tag@digest`. */
      readonly untrustedName: string;
      /** Of what the name stood for when it was built. */
      readonly digest?: Digest;
    }
  /** A file or a git repository. */
  | { readonly kind: 'address'; readonly untrustedUrl: string };

/**
 * Reads the materials of BuildKit's provenance: SLSA provenance v0.2 or v1, as an in-toto statement or the predicate
 * alone. Throws a plain `Error` for anything else, since no materials would mean that nothing was used.
 */
export function readProvenance(untrustedText: string): readonly Material[] {
  const value = asRecord(JSON.parse(untrustedText));
  const predicate = 'predicate' in value ? asRecord(value.predicate) : value;
  const definition = 'buildDefinition' in predicate ? asRecord(predicate.buildDefinition) : undefined;
  const { buildType } = definition ?? predicate;
  if (typeof buildType !== 'string' || !/(?:moby|mobyproject)[a-z.]*\/buildkit/.test(buildType))
    throw new Error('is no provenance of BuildKit');
  const materials = (definition === undefined ? predicate.materials : definition.resolvedDependencies) ?? [];
  if (!Array.isArray(materials)) throw new Error('has materials that are no list');
  return materials.map(readMaterial);
}

function readMaterial(untrusted: unknown): Material {
  const { uri, digest } = asRecord(untrusted);
  if (typeof uri !== 'string') throw new Error('has a material without a name');
  if (!uri.startsWith('pkg:')) return { kind: 'address', untrustedUrl: uri };
  const used = digest === undefined ? undefined : parseDigest(`sha256:${asRecord(digest).sha256}`);
  const image = { kind: 'image', untrustedName: imageName(uri) ?? uri } as const;
  return used === undefined ? image : { ...image, digest: used };
}

const dockerPrefix = 'pkg:docker/';

/** `pkg:docker/host:5000/path@tag?digest=sha256:…&platform=…`, with what is special in a URL percent-encoded. */
function imageName(packageUrl: string): string | undefined {
  if (!packageUrl.startsWith(dockerPrefix)) return undefined;
  const [path = '', query = ''] = packageUrl.slice(dockerPrefix.length).split('?');
  const [name = '', version] = path.split('@').map(decode);
  const digest = new URLSearchParams(query).get('digest');
  const tag =
    version === undefined || version === '' ? '' : version.includes(':') ? `@${version}` : `:${version}`;
  return `${name}${tag}${digest === null ? '' : `@${digest}`}`;
}

/** What is not encoded as it should be stays as it is: it is then no name. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('is not an object');
  return value as Readonly<Record<string, unknown>>;
}
