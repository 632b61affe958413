export { helperRunner } from './credentials/credential-helper.ts';
export { dockerCredentials } from './credentials/docker-credentials.ts';
export type { ImageLayout } from './image-layout.ts';
export { readImageLayout } from './image-layout.ts';
export { moveTags } from './move-tags.ts';
export { publishImage } from './publish-image.ts';
export type { PublishedRepository } from './push-progress.ts';
export type { RegistryClient, RegistryOptions } from './registry-client.ts';
export { openRegistry } from './registry-client.ts';
