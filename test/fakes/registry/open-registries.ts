import { onTestFinished } from 'vitest';
import { parseRepository, type Repository } from '../../../src/oci/index.ts';
import type { EmitProgress, ProgressEvent } from '../../../src/progress/index.ts';
import { openRegistry, type RegistryClient, type RegistryOptions } from '../../../src/registry/index.ts';
import { type FakeRegistry, type FakeRegistryOptions, startFakeRegistry } from './fake-registry.ts';
import { type LayoutFixture, writeImageLayout } from './image-layout-fixture.ts';
import { openTestHttp } from './open-http.ts';

export interface TestClient {
  readonly registry: RegistryClient;
  readonly events: readonly ProgressEvent[];
  /** Adds to `events`, as the client's own retries do. */
  readonly emit: EmitProgress;
  /** Milliseconds that the client meant to sleep, before each retry. */
  readonly waits: number[];
  /** Stands still until a test moves it. */
  readonly clock: { now: number; readonly read: () => Date };
}

/** A client whose waits take no time; closed when the test is over. */
export function openTestClient(options: Partial<RegistryOptions> = {}): TestClient {
  const events: ProgressEvent[] = [];
  const emit: EmitProgress = (event) => events.push(event);
  const clock = { now: Date.parse('2026-03-04T05:06:07Z'), read: () => new Date(clock.now) };
  const { http, waits } = openTestHttp({ clock: clock.read });
  const registry = openRegistry({
    http,
    credentials: async () => undefined,
    plainHttp: [],
    clock: clock.read,
    emit,
    ...options,
  });
  return { registry, events, emit, waits, clock };
}

/** A fake registry that ends with the test. */
export async function startTestRegistry(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const fake = await startFakeRegistry(options);
  onTestFinished(fake.close);
  return fake;
}

/** A layout on disk that is removed with the test. */
export async function writeTestLayout(options: { readonly layerSize?: number } = {}): Promise<LayoutFixture> {
  const fixture = await writeImageLayout(options);
  onTestFinished(fixture.remove);
  return fixture;
}

/** The repository `path` of a fake. */
export function repositoryIn({ host }: Pick<FakeRegistry, 'host'>, path: string): Repository {
  const repository = parseRepository(`${host}/${path}`);
  if (repository === undefined) throw new Error(`"${host}/${path}" is no repository`);
  return repository;
}
