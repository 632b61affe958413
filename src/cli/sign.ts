import { findCheckoutRoot } from '../ci/index.ts';
import type { Settings } from '../config/index.ts';
import { ImageBuilderError, rfc3339 } from '../core/index.ts';
import {
  type Digest,
  platformManifests,
  printReference,
  printRepository,
  type Reference,
} from '../oci/index.ts';
import { type SignedTarget, signTargets } from '../pipeline/index.ts';
import { type EmitProgress, neutralise, printJson } from '../progress/index.ts';
import type { RegistryClient } from '../registry/index.ts';
import { type PlatformTarget, signingTargets } from '../signing/index.ts';
import type { CommandRun } from './commands.ts';
import { clock, connect } from './connect.ts';
import { type Configuration, loadConfiguration } from './load-configuration.ts';
import { one } from './one.ts';
import { openDisplay } from './open-display.ts';
import { openSigners } from './open-signers.ts';
import { readReference } from './read-reference.ts';

/** `sign REFERENCE…`: has images signed that are in a registry already. */
export async function sign(run: CommandRun): Promise<number> {
  return signReferences(run, run.args.positionals);
}

/** `--sign-only --images-to-sign …`, as deployed callers have it; the images may also be separated by commas. */
export async function signOnly(run: CommandRun): Promise<number> {
  const images = (run.args.values.get('images-to-sign') ?? []).flatMap((list) => list.split(','));
  return signReferences(
    run,
    images.map((image) => image.trim()).filter((image) => image !== ''),
  );
}

async function signReferences(run: CommandRun, untrustedReferences: readonly string[]): Promise<number> {
  const display = openDisplay(run);
  try {
    if (untrustedReferences.length === 0) throw nothingToSign();
    const references = untrustedReferences.map(readReference);
    const root = await findCheckoutRoot(run.console.directory, run.signal);
    const configuration = await loadConfiguration(run, root);
    const signed = await carryOut(run, { references, configuration, emit: display.emit });
    display.close();
    print(run, signed);
    setState(run, true);
    return 0;
  } catch (error) {
    display.close();
    setState(run, false);
    throw error;
  } finally {
    display.close();
  }
}

interface Work {
  readonly references: readonly Reference[];
  readonly configuration: Configuration;
  readonly emit: EmitProgress;
}

async function carryOut(run: CommandRun, work: Work): Promise<readonly SignedTarget[]> {
  const { references, emit, configuration } = work;
  const { settings, resolvePath, warnings } = configuration;
  for (const message of warnings) emit({ kind: 'notice', level: 'warning', message });
  const signers = chosenSigners(run, settings);
  await using connections = connect(run, { plainHttp: settings.plainHttpRegistries, emit });
  const { signal } = run;
  const opened = await openSigners({ ...connections, settings, resolvePath, signers, emit, signal });
  await opened.check(references.map(({ repository }) => repository));
  const registry = connections.registry.withSignal(signal);
  const targets: PlatformTarget[] = [];
  for (const reference of references) targets.push(...(await targetsOf(registry, reference, emit)));
  const { signed, failure } = await signTargets({
    targets: eachOnce(targets),
    sign: opened.sign,
    emit,
    clock,
  });
  if (failure === undefined) return signed;
  print(run, signed);
  throw failure.error;
}

/** Those that are named, or else those that are enabled for everybody and for the repository of `--repo`. */
function chosenSigners({ args }: CommandRun, { signConfig }: Settings): readonly string[] {
  const named = args.values.get('signer') ?? [];
  const enabled = signConfig?.enabledSigners ?? {};
  const repository = one(args, 'repo');
  const own = repository === undefined ? [] : (enabled[repository] ?? []);
  const signers = [...new Set(named.length > 0 ? named : [...(enabled['*'] ?? []), ...own])];
  if (signers.length > 0) return signers;
  throw new ImageBuilderError(
    'policy.denied',
    'no signer is enabled',
    { rule: 'sign-config.enabled-signers' },
    { hint: 'name one with --signer, or a repository whose signers are enabled with --repo' },
  );
}

/** Resolved once: whatever happens to the tag later, what is signed is what was shown here. */
async function targetsOf(
  registry: RegistryClient,
  reference: Reference,
  emit: EmitProgress,
): Promise<readonly PlatformTarget[]> {
  const { repository, tag, digest } = reference;
  const found = await registry.fetchManifest(repository, digest ?? tag ?? 'latest');
  const { descriptor, manifest } = found;
  const name = printReference(reference);
  const message = digest === undefined ? `"${name}" is ${descriptor.digest}` : `"${name}" is there`;
  emit({ kind: 'notice', level: 'info', message });
  return signingTargets({
    repository,
    root: descriptor,
    platforms: manifest.kind === 'index' ? platformManifests(manifest) : [],
    tags: tag === undefined ? [] : [tag],
    metadata: {},
  });
}

/** Several references may name one image: it is signed once, with the tags of all. */
function eachOnce(targets: readonly PlatformTarget[]): readonly PlatformTarget[] {
  const joined = new Map<string, PlatformTarget>();
  for (const target of targets) {
    const name = `${printRepository(target.repository)}@${target.descriptor.digest}`;
    const known = joined.get(name);
    const tags = [...new Set([...(known?.tags ?? []), ...target.tags])];
    joined.set(name, { ...target, ...known, tags });
  }
  return [...joined.values()];
}

function print({ args, console }: CommandRun, signed: readonly SignedTarget[]): void {
  const rows = signed.flatMap(({ target, signatures }) =>
    signatures.map((signature) => ({
      image: `${printRepository(target.repository)}@${target.descriptor.digest}`,
      ...(target.platform === undefined ? {} : { platform: target.platform }),
      ...signatureRow(signature),
    })),
  );
  if (args.switches.get('json')) {
    console.stdout.write(printJson(rows, 2));
    return;
  }
  for (const row of rows) console.stdout.write(`${neutralise(lineOf(row))}\n`);
}

interface Row extends ReturnType<typeof signatureRow> {
  readonly image: string;
  readonly platform?: string;
}

function signatureRow({ signingTime, signedBy, ...rest }: SignedTarget['signatures'][number]) {
  return {
    ...rest,
    ...(signedBy === undefined ? {} : { signed_by: signedBy }),
    ...(signingTime === undefined ? {} : { signing_time: rfc3339(signingTime) }),
  } satisfies { readonly signature?: Digest };
}

function lineOf({
  image,
  platform,
  signer,
  state,
  reused,
  signed_by,
}: Row & { readonly signed_by?: string }): string {
  const words = [
    state.padEnd(9),
    image,
    platform,
    `by ${signer}`,
    signed_by,
    reused ? '(was there)' : undefined,
  ];
  return words.filter((word) => word !== undefined).join('  ');
}

/** Deployed pipelines go on by this output variable. */
function setState({ args, console }: CommandRun, success: boolean): void {
  if (!args.switches.get('ado-state-output')) return;
  console.stdout.write(`##vso[task.setvariable variable=signing_success;isOutput=true]${success}\n`);
}

function nothingToSign(): ImageBuilderError {
  return new ImageBuilderError(
    'usage.invalid',
    'no image to sign is named',
    { argument: 'REFERENCE' },
    { hint: 'name each as repository@digest or repository:tag' },
  );
}
