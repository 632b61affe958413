import type { Settings } from '../config/index.ts';
import { ImageBuilderError } from '../core/index.ts';
import type { AttachReferrer, RegistryClient } from '../registry/index.ts';
import {
  confirmCosign,
  cosignSigner,
  loadCosignKey,
  loadCosignKeys,
  ownCosignMetadata,
} from '../signing/index.ts';
import { clock } from './connect.ts';

type CosignSettings = Extract<
  NonNullable<Settings['signConfig']>['signers'][number],
  { readonly type: 'cosign' }
>;

export interface CosignStage {
  readonly resolvePath: (path: string) => string;
  readonly registry: RegistryClient;
  readonly attach: AttachReferrer;
  readonly warn: (message: string) => void;
  /** Those that count by the configuration. */
  readonly cosignKeys: Awaited<ReturnType<typeof loadCosignKeys>>;
}

/** The signer that signs by itself as Sigstore does, and how its signatures are found and told from others. */
export function openCosignSigner(stage: CosignStage, { name, config }: CosignSettings) {
  const { resolvePath, cosignKeys: trusted } = stage;
  const { key, publicKey } = config;
  const files = {
    name,
    keyPath: resolvePath(key),
    publicKeyPath: publicKey === undefined ? undefined : resolvePath(publicKey),
  };
  return {
    signer: cosignSigner(files, { ...stage, clock }),
    confirm: confirmCosign({ ...files, trusted }, stage),
    own: ownCosignMetadata({ ...files, trusted }, stage),
    checkJudge: () => checkKeys(stage, files),
  };
}

interface CosignFiles {
  readonly name: string;
  readonly keyPath: string;
  readonly publicKeyPath: string | undefined;
}

async function checkKeys(
  { cosignKeys }: CosignStage,
  { name, keyPath, publicKeyPath }: CosignFiles,
): Promise<void> {
  const { publicKey } = await loadCosignKey({ signer: name, path: keyPath });
  const isOwn = ({ fingerprint }: typeof publicKey) => fingerprint === publicKey.fingerprint;
  const told = publicKeyPath === undefined ? [] : await loadCosignKeys([publicKeyPath]);
  if (!told.every(isOwn))
    throw refused(`"public-key" of signer "${name}" does not belong to its "key"`, 'sign-config.signers');
  if (cosignKeys.length > 0 && !cosignKeys.some(isOwn))
    throw refused(`the public key of signer "${name}" is not among "trust.cosign-keys"`, 'trust.cosign-keys');
}

function refused(message: string, path: string): ImageBuilderError {
  const problems = [{ message, path }];
  return new ImageBuilderError('config.invalid', 'no signature of this build would count', { problems });
}
