import { expect, test } from 'vitest';
import { digestOf } from './digest.ts';
import { type ImagePart, joinImages } from './join-images.ts';
import { type Descriptor, mediaTypes, parseManifest } from './manifest.ts';

const described = (text: string, more: Partial<Descriptor> = {}): Descriptor => ({
  mediaType: mediaTypes.ociManifest,
  digest: digestOf(Buffer.from(text)),
  size: text.length,
  ...more,
});
const linux = (architecture: string) => ({ platform: { os: 'linux', architecture } });
const [amd, arm] = [described('amd', linux('amd64')), described('arm', linux('arm64'))];
const proofOf = ({ digest }: Descriptor) =>
  described(`proof of ${digest}`, {
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.digest': digest },
  });
const indexOf = (...manifests: Descriptor[]): ImagePart['manifest'] => ({
  kind: 'index',
  mediaType: mediaTypes.ociIndex,
  manifests,
});
const single = (image: Descriptor): ImagePart['manifest'] => ({
  kind: 'manifest',
  mediaType: mediaTypes.ociManifest,
  config: image,
  layers: [],
});

const whole = { platforms: ['linux/amd64', 'linux/arm64'], annotations: { title: 'app' } };
const parts: readonly ImagePart[] = [
  { descriptor: described('index 1'), manifest: indexOf(arm, proofOf(arm)), platforms: ['linux/arm64'] },
  { descriptor: described('index 2'), manifest: indexOf(amd, proofOf(amd)), platforms: ['linux/amd64'] },
];

test('joined images are one index: platforms in order, attestations last', () => {
  const { bytes, descriptor } = joinImages(parts, whole);
  expect(descriptor).toEqual({
    mediaType: mediaTypes.ociIndex,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const joined = parseManifest(bytes, mediaTypes.ociIndex);
  if (joined.kind !== 'index') throw new Error('no index');
  expect(joined.annotations).toEqual(whole.annotations);
  expect(joined.manifests.slice(0, 2)).toEqual([amd, arm]);
  expect(new Set(joined.manifests.slice(2))).toEqual(new Set([proofOf(amd), proofOf(arm)]));
});

test('joined images are the same bytes whichever was built first', () => {
  expect(joinImages(parts.toReversed(), whole).bytes).toEqual(joinImages(parts, whole).bytes);
});

test('an image without an index gets the platform that it was built for', () => {
  const { platform: _, ...bare } = arm;
  const part = { descriptor: bare, manifest: single(arm), platforms: ['linux/arm64'] };
  const joined = parseManifest(joinImages([part], whole).bytes, mediaTypes.ociIndex);
  expect(joined).toMatchObject({ manifests: [arm] });
});
