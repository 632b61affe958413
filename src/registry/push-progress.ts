import type { Clock } from '../core/index.ts';
import type { Digest, Repository } from '../oci/index.ts';
import { printRepository } from '../oci/index.ts';
import type { EmitProgress, StepOutcome } from '../progress/index.ts';
import type { ImageBlob } from './image-layout.ts';

/** Bytes; a display cannot show smaller steps, and events are not free. */
const reportEvery = 1024 * 1024;

/** What it took to make a repository hold the image. */
export interface PublishedRepository {
  readonly repository: Repository;
  readonly uploadedBytes: number;
  /** Blobs that came from another repository of the same registry. */
  readonly mounted: number;
  /** Blobs that were there before. */
  readonly existing: number;
  readonly seconds: number;
}

export interface PushProgressOptions {
  readonly repository: Repository;
  readonly blobs: readonly ImageBlob[];
  readonly clock: Clock;
  readonly emit: EmitProgress | undefined;
}

/** Counts one repository's blobs as they arrive, and reports them as one step. */
export class PushProgress {
  readonly #options: PushProgressOptions;
  readonly #id: string;
  readonly #total: number;
  readonly #started: number;
  readonly #done = new Map<Digest, number>();
  #reported = 0;
  #uploadedBytes = 0;
  #mounted = 0;
  #existing = 0;

  constructor(options: PushProgressOptions) {
    const { repository, blobs, clock, emit } = options;
    this.#options = options;
    this.#id = `push:${printRepository(repository)}`;
    this.#total = blobs.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
    this.#started = clock().getTime();
    const untrustedName = printRepository(repository);
    emit?.({ kind: 'step-started', id: this.#id, stage: 'push', untrustedName });
  }

  /** Bytes of a blob that is still under way; fewer than before when its upload started over. */
  sent(digest: Digest, bytes: number): void {
    this.#done.set(digest, bytes);
    const current = this.#current();
    if (Math.abs(current - this.#reported) >= reportEvery) this.#report(current);
  }

  arrived({ descriptor }: Pick<ImageBlob, 'descriptor'>, how: 'uploaded' | 'mounted' | 'existing'): void {
    if (how === 'uploaded') this.#uploadedBytes += descriptor.size;
    if (how === 'mounted') this.#mounted++;
    if (how === 'existing') this.#existing++;
    this.#done.set(descriptor.digest, descriptor.size);
    this.#report(this.#current());
  }

  finished(): PublishedRepository {
    const seconds = this.#seconds();
    const outcome = this.#existing === this.#options.blobs.length ? 'cached' : 'done';
    this.#options.emit?.({ kind: 'step-finished', id: this.#id, outcome, seconds });
    return {
      repository: this.#options.repository,
      uploadedBytes: this.#uploadedBytes,
      mounted: this.#mounted,
      existing: this.#existing,
      seconds,
    };
  }

  failed(outcome: Extract<StepOutcome, 'failed' | 'cancelled'>, untrustedError: string): void {
    const seconds = this.#seconds();
    this.#options.emit?.({ kind: 'step-finished', id: this.#id, outcome, seconds, untrustedError });
  }

  #current(): number {
    return this.#done.values().reduce((sum, bytes) => sum + bytes, 0);
  }

  #report(current: number): void {
    this.#reported = current;
    this.#options.emit?.({ kind: 'step-progress', id: this.#id, current, total: this.#total });
  }

  #seconds(): number {
    return (this.#options.clock().getTime() - this.#started) / 1000;
  }
}
