import type { ImageLayout } from './image-layout.ts';
import { type PushOptions, pushEverywhere } from './push-everywhere.ts';
import type { PublishedRepository } from './push-progress.ts';

export interface PublishOptions extends Omit<PushOptions, 'image' | 'source'> {
  readonly layout: ImageLayout;
}

/** Brings an image from this machine into every repository, as `pushEverywhere` does. */
export function publishImage({
  layout,
  ...options
}: PublishOptions): Promise<readonly PublishedRepository[]> {
  return pushEverywhere({ ...options, image: layout });
}
