import type { Descriptor } from '../../../src/oci/index.ts';
import { type CertificateOrder, type Chain, chainUnder } from '../../fakes/signing/certificates.ts';
import { forgeJws, type JwsEdits } from '../../fakes/signing/forge-jws.ts';
import { type StoredSignature, signatureManifest } from '../test-repository.ts';
import { hoursAgo, type Scene } from './scene.ts';

/** Makes a signature that is to be attached to the artifact. */
export type Sign = (scene: Scene, artifact: Descriptor) => Promise<StoredSignature>;

type Members = Readonly<Record<string, unknown>>;

/** Each is what an honest signer whom everybody trusts would not do. */
interface Deviations {
  /** Changes the leaf of `own`. */
  readonly leaf?: CertificateOrder;
  readonly chain?: (scene: Scene) => Chain;
  readonly edits?: (scene: Scene) => JwsEdits;
  /** What is signed, laid over the descriptor of the artifact. */
  readonly target?: Members;
  readonly mediaType?: string;
  readonly manifest?: (manifest: Members) => Members;
  readonly entry?: StoredSignature['entry'];
}

/** Two hours old, and right without deviations. */
export function signature(deviations: Deviations = {}): Sign {
  const { leaf, target, mediaType = 'application/jose+json', manifest, entry = {} } = deviations;
  return async (scene, artifact) => {
    const chain = leaf ? await chainUnder(scene.own, leaf) : (deviations.chain?.(scene) ?? scene.own);
    const payload = Buffer.from(JSON.stringify({ targetArtifact: { ...artifact, ...target } }));
    const material = { signer: chain.leaf, chain: chain.certificates, payload, signingTime: hoursAgo(2) };
    const envelope = forgeJws(material, deviations.edits?.(scene));
    const right = signatureManifest(artifact, envelope, mediaType);
    const stored = manifest
      ? Buffer.from(JSON.stringify(manifest(JSON.parse(Buffer.from(right).toString()))))
      : right;
    return { manifest: stored, envelope, entry };
  };
}

export const right = signature();
export const byStranger = signature({ chain: ({ stranger }) => stranger });
export const ofOther = signature({ target: { digest: `sha256:${'0'.repeat(64)}` } });
