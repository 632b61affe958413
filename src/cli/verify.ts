import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { findCheckoutRoot } from '../ci/index.ts';
import { ImageBuilderError, isFailure, reasonOf } from '../core/index.ts';
import {
  type Descriptor,
  parsePlatform,
  platformManifests,
  printPlatform,
  printReference,
  type Reference,
} from '../oci/index.ts';
import { neutraliseLine, printJson } from '../progress/index.ts';
import type { RegistryClient } from '../registry/index.ts';
import { worstOf } from '../signers/index.ts';
import { loadCosignKeys, loadTrust, type Trust, verifyCosign, verifyImage } from '../signing/index.ts';
import type { CommandRun } from './commands.ts';
import { connect } from './connect.ts';
import { type Configuration, loadConfiguration } from './load-configuration.ts';
import { one } from './one.ts';
import { type ImageVerdict, printVerdict, verdictRow } from './print-verdict.ts';
import { readReference } from './read-reference.ts';
import { usageError } from './usage-error.ts';
import { warn } from './warn.ts';

/**
 * `verify REFERENCE…`: says who signed each image, and throws when one has no signature that counts. Where both a
 * trust policy and cosign keys are given, each must be satisfied.
 */
export async function verify(run: CommandRun): Promise<number> {
  const { args, console, signal } = run;
  const references = args.positionals.map(readReference);
  if (references.length === 0) throw nothingToVerify();
  const root = await findCheckoutRoot(console.directory, signal);
  const configuration = await loadConfiguration(run, root);
  warn(run, configuration.warnings);
  const judges = await judgesOf(run, configuration);
  const { plainHttpRegistries: plainHttp } = configuration.settings;
  await using connections = connect(run, { plainHttp, emit: () => undefined });
  const registry = connections.registry.withSignal(signal);
  const verdicts: ImageVerdict[] = [];
  const failures: unknown[] = [];
  for (const reference of references) {
    try {
      const verdict = await judge({ registry, judges, reference, platform: one(args, 'platform') });
      verdicts.push(verdict);
      if (!args.switches.get('json')) console.stdout.write(printVerdict(verdict));
    } catch (error) {
      // One image that is not there must not hide what there is to say of the others.
      failures.push(error);
      if (isFailure(error, 'cancelled')) break;
    }
  }
  if (args.switches.get('json')) console.stdout.write(printJson(verdicts.map(verdictRow), 2));
  const unsigned = refusalOf(verdicts);
  if (unsigned !== undefined) failures.unshift(unsigned);
  if (failures.length === 0) return 0;
  const worst = worstOf(failures);
  const others = failures.filter((failure) => failure !== worst);
  warn(
    run,
    others.map((failure) => neutraliseLine(reasonOf(failure))),
  );
  throw worst;
}

interface Judges {
  readonly trust: Trust | undefined;
  readonly cosignKeys: Awaited<ReturnType<typeof loadCosignKeys>>;
}

/** Each from its flag, else from the configuration; when nobody says anything, what notation trusts for this user. */
async function judgesOf({ args, console }: CommandRun, configuration: Configuration): Promise<Judges> {
  const inFolder = (path: string) => resolve(console.directory, path);
  const { directory, cosignKeys = [] } = configuration.settings.trust ?? {};
  const fromFlag = one(args, 'trust');
  const given =
    fromFlag === undefined ? directory && configuration.resolvePath(directory) : inFolder(fromFlag);
  const keyFlags = args.values.get('cosign-key') ?? [];
  const keyPaths = keyFlags.length > 0 ? keyFlags.map(inFolder) : cosignKeys.map(configuration.resolvePath);
  const keys = await loadCosignKeys(keyPaths);
  if (given !== undefined) return { trust: await loadTrust({ directory: given }), cosignKeys: keys };
  if (keys.length > 0) return { trust: undefined, cosignKeys: keys };
  return { trust: await trustOfUser(console), cosignKeys: [] };
}

/** Whom notation trusts. Who has told it nothing yet gets to know how to say it here. */
async function trustOfUser({ environment }: CommandRun['console']): Promise<Trust> {
  const configHome = environment.XDG_CONFIG_HOME || join(homedir(), '.config');
  try {
    return await loadTrust({ directory: join(configHome, 'notation') });
  } catch (cause) {
    if (!isFailure(cause, 'config.not-found')) throw cause;
    const hint = 'say whom you trust with --trust, --cosign-key or "trust" in the configuration';
    throw new ImageBuilderError(cause.code, cause.message, cause.details, { hint, cause });
  }
}

interface Question {
  readonly registry: RegistryClient;
  readonly judges: Judges;
  readonly reference: Reference;
  readonly platform: string | undefined;
}

async function judge({ registry, judges, reference, platform }: Question): Promise<ImageVerdict> {
  const { repository } = reference;
  const { trust, cosignKeys: keys } = judges;
  const descriptor = await resolveImage(registry, reference, platform);
  const place = { registry, repository, descriptor };
  const notation = trust && (await verifyImage({ ...place, trust, now: new Date() }));
  const cosign = keys.length === 0 ? undefined : await verifyCosign({ ...place, keys });
  const trustPath = trust?.path;
  return { reference: printReference(reference), platform, descriptor, notation, trustPath, cosign };
}

/** Resolved once: what a tag names a moment later is another question. */
async function resolveImage(
  registry: RegistryClient,
  reference: Reference,
  platform: string | undefined,
): Promise<Descriptor> {
  const { repository, tag, digest } = reference;
  const { descriptor, manifest } = await registry.fetchManifest(repository, digest ?? tag ?? 'latest');
  if (platform === undefined) return descriptor;
  const name = printReference(reference);
  const wanted = parsePlatform(platform);
  if (wanted === undefined)
    throw usageError('--platform', `"${platform}" is no platform`, 'write it as linux/arm64');
  if (manifest.kind !== 'index')
    throw usageError('--platform', `"${name}" is a single image, not an index`, 'leave --platform out');
  const platforms = platformManifests(manifest);
  const found = platforms.find((each) => each.platform === printPlatform(wanted));
  if (found !== undefined) return found.descriptor;
  const known = platforms.map((each) => each.platform).join(', ');
  throw usageError('--platform', `"${name}" has no platform "${platform}"`, `it has ${known}`);
}

/** Undefined when every image has a signature that counts. */
function refusalOf(verdicts: readonly ImageVerdict[]): ImageBuilderError | undefined {
  const refused = verdicts.filter(({ notation, cosign }) =>
    [notation, cosign].some((found) => found !== undefined && found.verified.length === 0),
  );
  const [first, ...others] = refused;
  if (first === undefined) return undefined;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  const reasons = refused.flatMap(({ notation, cosign }) =>
    [notation, cosign].flatMap((found) => found?.rejected.map(({ reason }) => reason) ?? []),
  );
  return new ImageBuilderError(
    'signature.rejected',
    `"${first.reference}" has no signature that counts${more}`,
    { reference: first.reference, reasons: [...new Set(reasons)] },
    { hint: 'do not use it; what was found, and why it does not count, stands on stdout' },
  );
}

function nothingToVerify(): ImageBuilderError {
  return usageError(
    'REFERENCE',
    'no image to verify is named',
    'name each as repository:tag or repository@digest',
  );
}
