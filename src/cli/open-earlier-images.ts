import type { EarlierImages } from '../pipeline/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { copyImage, type RegistryClient, readStoredImage } from '../registry/index.ts';
import { clock } from './connect.ts';
import type { Signers } from './open-signers.ts';

export interface EarlierImageInputs {
  readonly registry: RegistryClient;
  readonly emit: EmitProgress;
  readonly openSigners: () => Promise<Signers>;
}

/** What repositories hold from earlier builds, and what our own signers say about it. */
export function openEarlierImages({ registry, emit, openSigners }: EarlierImageInputs): EarlierImages {
  let opened: Promise<Signers> | undefined;
  const signers = () => {
    opened ??= openSigners();
    return opened;
  };
  return {
    find: (repository, reference) => registry.resolve(repository, reference),
    checkVouchers: async (names) => (await signers()).checkOwn(names),
    signedBy: async (signer, artifact) => (await signers()).signedBy(signer, artifact),
    read: (repository, digest) => readStoredImage(registry, repository, digest),
    copy: (image, repositories) => copyImage({ registry, image, repositories, clock, emit }),
    keep: async ({ root, repositories }, tag) => {
      const { bytes, descriptor } = root;
      const { mediaType, digest } = descriptor;
      await Promise.all(
        repositories.map(async (repository) => {
          if ((await registry.resolve(repository, tag))?.digest === digest) return;
          await registry.putManifest(repository, tag, { bytes, mediaType });
        }),
      );
    },
  };
}
