import type { Settings } from '../config/index.ts';
import { ImageBuilderError } from '../core/index.ts';
import { describeRetry, openHttpClient, sleep } from '../http/index.ts';
import type { Repository } from '../oci/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import { type AttachReferrer, referrerAttacher } from '../registry/index.ts';
import {
  type ConfiguredSigner,
  type SigningTarget,
  signTarget,
  type TargetOutcome,
} from '../signers/index.ts';
import {
  type Artifact,
  checkCoverage,
  confirmNotation,
  confirmOrder,
  type KeySource,
  leafThumbprint,
  loadCosignKeys,
  loadTrust,
  type OwnMetadata,
  ownNotationMetadata,
  type SignedMetadata,
  signedBy,
  signifySigner,
  type Trust,
} from '../signing/index.ts';
import { agent, type Connections, clock } from './connect.ts';
import { openCosignSigner } from './cosign-signer.ts';
import { embeddedKey, embeddedSigner } from './embedded-signer.ts';

export interface SignerInputs extends Connections {
  readonly settings: Settings;
  /** Turns a path of the configuration into an absolute one. */
  readonly resolvePath: (path: string) => string;
  /** Names of those who sign. */
  readonly signers: readonly string[];
  readonly emit: EmitProgress;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

export interface Signers {
  /** Throws when one of them lacks what it needs to sign there. */
  check(repositories: readonly Repository[]): Promise<void>;
  sign(target: SigningTarget): Promise<TargetOutcome>;
  /** Throws where the signatures of one of these cannot be told here from those of others. No key is needed. */
  checkOwn(names: readonly string[]): Promise<void>;
  /** What one of them itself wrote into its signatures over an artifact; nothing for one that writes nothing. */
  signedBy(signer: string, artifact: Artifact): Promise<readonly SignedMetadata[]>;
  /** The same signers, with what was read from their files, ended by another signal. */
  withSignal(signal: AbortSignal): Signers;
}

type SignerSettings = NonNullable<Settings['signConfig']>['signers'][number];
type NotationSettings = Extract<SignerSettings, { type: 'notation' }>;
type NotarySettings = Extract<SignerSettings, { type: 'notary' }>;

/** Puts the configured signers together with the adapters that they need. Reads whom verifiers trust. */
export async function openSigners(inputs: SignerInputs): Promise<Signers> {
  const { settings, resolvePath } = inputs;
  const keys = (settings.signConfig?.signers ?? []).flatMap((each) =>
    each.type === 'notation' ? [[each.name, embeddedKey({ ...each, resolvePath })] as const] : [],
  );
  return signersOf({ ...inputs, ...(await trustedBy(inputs)), keys: new Map(keys) });
}

function signersOf(opened: OpenedFiles): Signers {
  const registry = opened.registry.withSignal(opened.signal);
  const attach = referrerAttacher({ registry, random: Math.random, sleep });
  const stage: SignerStage = { ...opened, registry, attach };
  const configured = opened.signers.map((name) => openSigner(stage, name));
  return {
    withSignal: (signal) => signersOf({ ...opened, signal }),
    check: async (repositories) => {
      refuseAmbiguous(configured);
      for (const { signer, checkJudge } of configured) {
        await signer.check();
        await checkJudge?.(repositories);
      }
    },
    sign: (target) => signTarget(configured, target),
    checkOwn: async (names) => {
      for (const { signer, own } of configured) if (names.includes(signer.name)) await own?.check();
    },
    signedBy: async (name, artifact) => {
      const found = configured.find(({ signer }) => signer.name === name);
      return (await found?.own?.read(artifact)) ?? [];
    },
  };
}

interface Trusted {
  readonly trust: Trust | undefined;
  readonly cosignKeys: Awaited<ReturnType<typeof loadCosignKeys>>;
}

interface OpenedFiles extends SignerInputs, Trusted {
  /** Of those that sign by themselves, by their names. */
  readonly keys: ReadonlyMap<string, KeySource>;
}

interface SignerStage extends OpenedFiles {
  readonly attach: AttachReferrer;
}

/** Whose signatures count by the configuration. */
async function trustedBy({
  settings,
  resolvePath,
}: Pick<SignerInputs, 'settings' | 'resolvePath'>): Promise<Trusted> {
  const { directory, cosignKeys = [] } = settings.trust ?? {};
  return {
    trust: directory === undefined ? undefined : await loadTrust({ directory: resolvePath(directory) }),
    cosignKeys: await loadCosignKeys(cosignKeys.map(resolvePath)),
  };
}

interface OpenedSigner extends ConfiguredSigner {
  /** Throws when those whom verifiers trust there do not have this signer among them. */
  readonly checkJudge?: (repositories: readonly Repository[]) => Promise<void>;
  /** Absent for a signer that puts nothing into its signatures. */
  readonly own?: OwnMetadata;
  /** Takes the signature of anybody else for its own. */
  readonly takesAny?: boolean;
}

function openSigner(stage: SignerStage, name: string): OpenedSigner {
  const found = stage.settings.signConfig?.signers.find((each) => each.name === name);
  if (found === undefined) throw unknownSigner(stage, name);
  switch (found.type) {
    case 'notary':
      return orderingSigner(stage, found);
    case 'notation':
      return signingByItself(stage, found);
    case 'cosign':
      return openCosignSigner({ ...stage, warn: warner(stage) }, found);
  }
}

function unknownSigner({ settings }: SignerStage, name: string): ImageBuilderError {
  const known = settings.signConfig?.signers.map((each) => each.name) ?? [];
  const hint = known.length === 0 ? 'the configuration defines none' : `known signers: ${known.join(', ')}`;
  return new ImageBuilderError(
    'policy.denied',
    `there is no signer "${name}"`,
    { rule: 'sign-config' },
    { hint },
  );
}

function orderingSigner(stage: SignerStage, { name, config }: NotarySettings): OpenedSigner {
  const { resolvePath, emit, signal, trust } = stage;
  const { endpoint, secret, ca, timeout, retryTimeout, readBack = trust !== undefined } = config;
  const signer = signifySigner(
    {
      name,
      endpoint,
      secretPath: resolvePath(secret.path),
      caPath: ca === undefined ? undefined : resolvePath(ca),
      timeout,
      retryTimeout,
    },
    {
      openHttp: (options) => openHttpClient({ ...options, clock, random: Math.random, userAgent: agent }),
      clock,
      warn: warner(stage),
      onRetry: (notice) => emit({ kind: 'notice', level: 'info', message: describeRetry(notice) }),
      signal,
    },
  );
  if (!readBack || trust === undefined) return { signer, confirm: async () => undefined };
  const isExpected = expectation(stage, name, config.signedBy);
  return {
    signer,
    confirm: confirmOrder({ name, trust, isExpected }, { ...stage, clock, sleep }),
    checkJudge: async (repositories) => checkCoverage(trust, repositories),
    takesAny: config.signedBy === undefined,
  };
}

type Expectation = Parameters<typeof confirmOrder>[0]['isExpected'];

/** The signature by whom an order is taken for done. */
function expectation(stage: SignerStage, name: string, subject: string | undefined): Expectation {
  if (subject === undefined)
    return async ({ thumbprint }) => !(await ownThumbprints(stage)).includes(thumbprint);
  const isBy = signedBy(name, subject);
  return async (signature) => isBy(signature);
}

/** Nobody could tell which of them signed. */
function refuseAmbiguous(opened: readonly OpenedSigner[]): void {
  const ordering = opened.filter(({ takesAny }) => takesAny !== undefined);
  const [first] = ordering.filter(({ takesAny }) => takesAny);
  if (ordering.length < 2 || first === undefined) return;
  const message = `signer "${first.signer.name}" needs "signed-by": several services sign, and their signatures must be told apart`;
  const problems = [{ message, path: 'sign-config.signers' }];
  throw new ImageBuilderError('config.invalid', 'it could not be told who signed', { problems });
}

/** Of the signers that sign by themselves. */
async function ownThumbprints({ keys, signers }: SignerStage): Promise<readonly string[]> {
  const used = [...keys].filter(([name]) => signers.includes(name));
  const opened = await Promise.all(used.map(([, key]) => key.open()));
  return opened.map(({ key }) => leafThumbprint(key));
}

function signingByItself(stage: SignerStage, { name, config }: NotationSettings): OpenedSigner {
  const inputs = { ...stage, name, config, warn: warner(stage) };
  const key = stage.keys.get(name) ?? embeddedKey(inputs);
  const options = { name, key, trust: stage.trust };
  const confirm = confirmNotation(options, { ...stage, clock });
  const own = ownNotationMetadata(options, { ...stage, clock });
  const checkJudge = async (repositories: readonly Repository[]) => {
    const { chain } = (await key.open()).key;
    if (stage.trust !== undefined) checkCoverage(stage.trust, repositories, chain);
  };
  return { signer: embeddedSigner(inputs, key), confirm, checkJudge, own };
}

function warner({ emit }: SignerStage): (message: string) => void {
  return (message) => emit({ kind: 'notice', level: 'warning', message });
}
