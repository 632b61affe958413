export type { Digest } from './digest.ts';
export { digestHex, digestOf, isDigest, matchesDigest, parseDigest } from './digest.ts';
export { emptyConfig } from './empty-config.ts';
export { imageTagRule, isImageTag, maxTagLength } from './image-tag.ts';
export { type ImagePart, joinImages, type WholeImage } from './join-images.ts';
export type { Descriptor, Index, Manifest } from './manifest.ts';
export { asDescriptor, manifestMediaTypes, mediaTypes, parseManifest } from './manifest.ts';
export { parsePlatform, printPlatform } from './platform.ts';
export { type PlatformManifest, platformManifests } from './platform-manifests.ts';
export type { Reference, Repository } from './reference.ts';
export {
  dockerHubRegistry,
  isLoopbackRegistry,
  isRepositoryPath,
  parseReference,
  parseRepository,
  printReference,
  printRepository,
} from './reference.ts';
