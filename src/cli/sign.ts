import { findCheckoutRoot } from '../ci/index.ts';
import type { Settings } from '../config/index.ts';
import { humanSeconds, ImageBuilderError, withDeadline } from '../core/index.ts';
import { printReference, type Reference } from '../oci/index.ts';
import { type SigningResult, signTargets } from '../pipeline/index.ts';
import type { EmitProgress } from '../progress/index.ts';
import type { CommandRun } from './commands.ts';
import { type Connections, clock, connect } from './connect.ts';
import { type Configuration, loadConfiguration } from './load-configuration.ts';
import { one } from './one.ts';
import { openDisplay } from './open-display.ts';
import { openSigners } from './open-signers.ts';
import { setOutputVariable } from './output-variable.ts';
import { printSigned } from './print-signed.ts';
import { readReference } from './read-reference.ts';
import { resolveTargets } from './resolve-targets.ts';
import { usageError } from './usage-error.ts';

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
    const { signed, failure } = await carryOut(run, { references, configuration, emit: display.emit });
    display.close();
    run.console.stdout.write(printSigned(signed, { json: run.args.switches.get('json') ?? false }));
    if (failure !== undefined) throw failure.error;
    setOutputVariable(run, 'signing_success', 'true');
    return 0;
  } catch (error) {
    display.close();
    setOutputVariable(run, 'signing_success', 'false');
    throw error;
  }
}

interface Work {
  readonly references: readonly Reference[];
  readonly configuration: Configuration;
  readonly emit: EmitProgress;
}

async function carryOut(run: CommandRun, work: Work): Promise<SigningResult> {
  const { references, emit, configuration } = work;
  const { settings, warnings } = configuration;
  for (const message of warnings) emit({ kind: 'notice', level: 'warning', message });
  const signers = chosenSigners(run, settings);
  refuseUntagged(references, signers, settings);
  await using connections = connect(run, { plainHttp: settings.plainHttpRegistries, emit });
  const seconds = settings.publishTimeout;
  return await withDeadline({ signal: run.signal, seconds, late: () => tooSlow(seconds) }, (signal) =>
    signWithin({ work, signers, connections, signal }),
  );
}

interface Within {
  readonly work: Work;
  readonly signers: readonly string[];
  readonly connections: Connections;
  readonly signal: AbortSignal;
}

async function signWithin({ work, signers, connections, signal }: Within) {
  const { references, emit, configuration } = work;
  const { settings, resolvePath } = configuration;
  const opened = await openSigners({ ...connections, settings, resolvePath, signers, emit, signal });
  await opened.check(references.map(({ repository }) => repository));
  const registry = connections.registry.withSignal(signal);
  const targets = await resolveTargets(references, { registry, emit });
  const result = await signTargets({ targets, sign: opened.sign, emit, clock });
  if (result.failure !== undefined && signal.aborted) throw result.failure.error;
  return result;
}

/** Signify signs by tag; that must not come out after the other signers have signed. */
function refuseUntagged(
  references: readonly Reference[],
  names: readonly string[],
  { signConfig }: Settings,
): void {
  const ordering = signConfig?.signers.find(({ name, type }) => type === 'notary' && names.includes(name));
  const untagged = references.find(({ tag, digest }) => tag === undefined && digest !== undefined);
  if (ordering === undefined || untagged === undefined) return;
  const name = printReference(untagged);
  const message = `"${name}" has no tag, and signer "${ordering.name}" signs by tag`;
  throw usageError(name, message, 'name both, as repository:tag@digest, or another signer with --signer');
}

/** Those that are named, or else those that are enabled for everybody and for the repository of `--repo`. */
function chosenSigners({ args }: CommandRun, { signConfig }: Settings): readonly string[] {
  const named = args.values.get('signer') ?? [];
  const enabled = signConfig?.enabledSigners ?? {};
  const repository = one(args, 'repo');
  const own = repository !== undefined && Object.hasOwn(enabled, repository) ? enabled[repository] : [];
  const signers = [...new Set(named.length > 0 ? named : [...(enabled['*'] ?? []), ...(own ?? [])])];
  if (signers.length > 0) return signers;
  throw new ImageBuilderError(
    'policy.denied',
    'no signer is enabled',
    { rule: 'sign-config.enabled-signers' },
    { hint: 'name one with --signer, or a repository whose signers are enabled with --repo' },
  );
}

function tooSlow(seconds: number): ImageBuilderError {
  return new ImageBuilderError(
    'signing.unavailable',
    `signing took longer than ${humanSeconds(seconds)}`,
    { signer: '', failed: [] },
    { hint: 'run it again; the limit is publish-timeout in the configuration' },
  );
}

function nothingToSign(): ImageBuilderError {
  const hint = 'name each as repository@digest or repository:tag';
  return usageError('REFERENCE', 'no image to sign is named', hint);
}
