import { ImageBuilderError } from '../core/index.ts';
import {
  type Digest,
  platformManifests,
  printReference,
  printRepository,
  type Reference,
} from '../oci/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { RegistryClient } from '../registry/index.ts';
import { type PlatformTarget, signingTargets } from '../signers/index.ts';
import { usageError } from './usage-error.ts';

export interface Resolving {
  readonly registry: RegistryClient;
  readonly emit: EmitProgress;
}

/** What is to be signed of these images: each index with its platforms, each digest once. */
export async function resolveTargets(
  references: readonly Reference[],
  resolving: Resolving,
): Promise<readonly PlatformTarget[]> {
  const targets: PlatformTarget[] = [];
  for (const reference of references) targets.push(...(await targetsOf({ ...resolving, reference })));
  return eachOnce(targets);
}

interface Named extends Resolving {
  readonly reference: Reference;
}

/** Resolved once: whatever happens to the tag later, what is signed is what was shown here. */
async function targetsOf({ reference, registry, emit }: Named): Promise<readonly PlatformTarget[]> {
  const { repository, digest, tag = digest === undefined ? 'latest' : undefined } = reference;
  const name = printReference(reference);
  // A tag that is not there yet may still be set to this digest.
  const tagged = digest && tag && (await registry.resolve(repository, tag));
  if (tagged && tagged.digest !== digest) throw movedTag(name, tagged.digest);
  const { descriptor, manifest } = await registry.fetchManifest(repository, digest ?? tag ?? '');
  emit({ kind: 'notice', level: 'info', message: `"${name}" is ${descriptor.digest}` });
  const children = manifest.kind === 'index' ? platformManifests(manifest) : [];
  const platforms = await Promise.all(
    children.map(async ({ platform, descriptor: claimed }) => {
      const child = await registry.fetchManifest(repository, claimed.digest);
      if (child.descriptor.size === claimed.size && child.descriptor.mediaType === claimed.mediaType)
        return { platform, descriptor: child.descriptor };
      throw wrongClaim(name, claimed.digest);
    }),
  );
  const tags = tag === undefined ? [] : [tag];
  return signingTargets({ repository, root: descriptor, platforms, tags, metadata: {} });
}

function movedTag(name: string, digest: Digest): ImageBuilderError {
  const hint = 'name the digest alone, or the tag that names it';
  return usageError(name, `"${name}": the tag names ${digest}`, hint);
}

/** Verifiers take the size and the type from the registry, not from the index. */
function wrongClaim(url: string, digest: Digest): ImageBuilderError {
  const message = `"${url}" says of its manifest ${digest} another size or type than it has`;
  return new ImageBuilderError('registry.corrupt', message, { url });
}

/** Several references may name one image: it is signed once, with the tags of all. */
function eachOnce(targets: readonly PlatformTarget[]): readonly PlatformTarget[] {
  const joined = new Map<string, PlatformTarget>();
  for (const target of targets) {
    const name = `${printRepository(target.repository)}@${target.descriptor.digest}`;
    const known = joined.get(name);
    const tags = [...new Set([...(known?.tags ?? []), ...target.tags])];
    joined.set(name, { ...target, ...known, tags });
  }
  return [...joined.values()];
}
