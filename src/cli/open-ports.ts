import { trackedFiles } from '../ci/index.ts';
import type { Settings } from '../config/index.ts';
import { isFailure, throwIfCancelled } from '../core/index.ts';
import type { Repository } from '../oci/index.ts';
import type { Ports, Publisher } from '../pipeline/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import {
  moveTags,
  publishImage,
  type RegistryClient,
  readImageLayout,
  rememberReads,
  sendBlobs,
} from '../registry/index.ts';
import { cacheLogin } from './cache-login.ts';
import type { CommandRun } from './commands.ts';
import { clock, connect } from './connect.ts';
import { enginePorts } from './engine-ports.ts';
import { goLogins } from './go-logins.ts';
import { openEarlierImages } from './open-earlier-images.ts';
import type { Signers } from './open-signers.ts';
import type { Prepared } from './prepare.ts';

export interface PortInputs {
  readonly run: CommandRun;
  readonly settings: Settings;
  readonly resolvePath: Prepared['resolvePath'];
  readonly plan: BuildPlan;
  readonly emit: EmitProgress;
}

/** An answer takes a second; what is slower than this is down for now. */
const earlyCheckMilliseconds = 20_000;

/** For what can be done without: a build does not wait for a cache to come back. */
const patience = { policy: { attempts: 2 } };

/** The adapters behind the pipeline; disposing of them ends what they hold open. */
export function openPorts(inputs: PortInputs): Ports & AsyncDisposable {
  const { run, settings, plan, emit } = inputs;
  const held = new AsyncDisposableStack();
  const login = cacheLogin(plan, { ...inputs, environment: run.console.environment });
  const shared = { plainHttp: settings.plainHttpRegistries, emit };
  const connections = held.use(connect(run, shared));
  const impatient = held.use(connect(run, { ...shared, patience }));
  const writing = login === undefined ? connections : held.use(connect(run, { ...shared, login }));
  // The same signatures are looked at for what they vouch for, before signing, and after it.
  const remembering = rememberReads(connections.registry);
  let opened: Promise<Signers> | undefined;
  const signers = async (signal: AbortSignal) => {
    // Much to load, and nothing that a build waits for.
    opened ??= import('./open-signers.ts').then(({ openSigners }) =>
      openSigners({ ...inputs, ...connections, registry: remembering, signal, signers: signersOf(plan) }),
    );
    return (await opened).withSignal(signal);
  };
  return {
    goLogins: () => goLogins(settings.goModules, { ...inputs, environment: run.console.environment }),
    ...enginePorts(inputs, {
      registry: connections.registry,
      ...{ impatient: impatient.registry, writer: writing.registry, login },
    }),
    trackedFiles,
    lookUpImage: async ({ repository, tag = 'latest' }, signal) => {
      const inTime = connections.registry.withSignal(soon(signal));
      return (await inTime.resolve(repository, tag))?.digest;
    },
    checkPush: (repositories, signal) => checkPush(connections.registry, repositories, signal),
    checkCachePush: (repository, signal) => checkPush(writing.registry, [repository], signal),
    checkSigners: async (repositories, signal) => (await signers(signal)).check(repositories),
    readLayout: readImageLayout,
    openPublisher: (signal) => {
      const registry = connections.registry.withSignal(signal);
      return openPublisher({ registry, emit, openSigners: () => signers(signal) });
    },
    openEarlierImages: (signal) => {
      const registry = remembering.withSignal(signal);
      return openEarlierImages({ registry, emit, openSigners: () => signers(signal) });
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

function signersOf({ signing }: BuildPlan): readonly string[] {
  return signing.kind === 'unsigned' ? [] : signing.signers;
}

/** A registry that does not answer in time gets another chance when the image is built. */
async function checkPush(
  registry: RegistryClient,
  repositories: readonly Repository[],
  signal: AbortSignal,
): Promise<void> {
  const inTime = registry.withSignal(soon(signal));
  const attempts = await Promise.allSettled(repositories.map((repository) => inTime.checkPush(repository)));
  throwIfCancelled(signal);
  const failures = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason] : []));
  const final = failures.find(
    (failure) => !isFailure(failure, 'registry.unavailable') && !isFailure(failure, 'cancelled'),
  );
  if (final !== undefined) throw final;
}

function soon(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(earlyCheckMilliseconds)]);
}

interface PublisherInputs {
  readonly registry: RegistryClient;
  readonly emit: EmitProgress;
  readonly openSigners: () => Promise<Signers>;
}

function openPublisher({ registry, emit, openSigners }: PublisherInputs): Publisher {
  let signers: Promise<Signers> | undefined;
  return {
    send: ({ layout, repositories }) => sendBlobs({ registry, image: layout, repositories }),
    publish: (image) => publishImage({ ...image, registry, clock, emit }),
    sign: async (target) => {
      signers ??= openSigners();
      return (await signers).sign(target);
    },
    moveTags: async (image, tags) => {
      const { repositories, root } = image;
      const { mediaType, digest } = root.descriptor;
      const manifest = { bytes: root.bytes, mediaType, digest };
      await moveTags({ registry, repositories, tags, manifest, clock, emit });
    },
  };
}
