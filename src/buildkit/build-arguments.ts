import { type BuildJob, type BuildSecret, yieldsIndex } from './build-job.ts';
import { csvRecord } from './csv.ts';

/** A job that may have no result but what it leaves in caches. */
export type BuildxJob = Omit<BuildJob, 'outputDir' | 'metadataPath'> &
  Partial<Pick<BuildJob, 'outputDir' | 'metadataPath'>>;

/** The arguments of `buildx` for this job; secrets appear by id and source only. */
export function buildArguments(job: BuildxJob): string[] {
  return [
    'build',
    ...flag('builder', job.builder),
    '--progress=rawjson',
    ...flag('metadata-file', job.metadataPath),
    ...flag('output', output(job)),
    ...flag('file', job.dockerfilePath),
    ...flag('target', job.target),
    ...flag('platform', job.platforms.join(',')),
    ...flags('build-arg', buildArgs(job)),
    ...flags('label', assignments(Object.entries(job.labels))),
    ...flags('annotation', annotations(job)),
    ...flags('secret', job.secrets.map(secret)),
    ...flags('build-context', assignments(job.namedContexts)),
    ...flags('cache-from', job.cacheFrom.map(cacheSource)),
    ...flags('cache-to', job.cacheTo.map(cacheDestination)),
    `--provenance=${job.provenance === 'off' ? 'false' : `mode=${job.provenance}`}`,
    ...flag('sbom', typeof job.sbom === 'string' ? csvRecord({ generator: job.sbom }) : String(job.sbom)),
    ...(job.noCache ? ['--no-cache'] : []),
    '--',
    job.contextDir,
  ];
}

function flag(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`--${name}`, value];
}

function flags(name: string, values: readonly string[]): string[] {
  return values.flatMap((value) => flag(name, value));
}

function assignments(values: readonly (readonly [string, string])[]): string[] {
  return values.map(([name, value]) => `${name}=${value}`);
}

function output({ outputDir, rewriteTimestamp, compression }: BuildxJob): string {
  if (outputDir === undefined) return csvRecord({ type: 'cacheonly' });
  return csvRecord({
    type: 'oci',
    tar: 'false',
    'oci-mediatypes': 'true',
    compression: compression === 'gzip' ? undefined : compression,
    'rewrite-timestamp': rewriteTimestamp ? 'true' : undefined,
    dest: outputDir,
  });
}

function buildArgs({ buildArgs, sourceDateEpoch }: BuildxJob): string[] {
  const epoch = sourceDateEpoch === undefined ? [] : [`SOURCE_DATE_EPOCH=${sourceDateEpoch}`];
  return [...assignments(buildArgs), ...epoch];
}

/** BuildKit refuses annotations of an index when it writes none. */
function annotations(job: BuildxJob): string[] {
  const level = yieldsIndex(job) ? 'index,manifest' : 'manifest';
  return Object.entries(job.annotations).map(([key, value]) => `${level}:${key}=${value}`);
}

function secret(source: BuildSecret): string {
  return csvRecord({ type: 'env' in source ? 'env' : 'file', ...source });
}

/** How buildx is told of a reference with layers. */
export function cacheSource(ref: string): string {
  return csvRecord({ type: 'registry', ref });
}

function cacheDestination(ref: string): string {
  return csvRecord({
    type: 'registry',
    ref,
    mode: 'max',
    'oci-mediatypes': 'true',
    'image-manifest': 'true',
    compression: 'zstd',
  });
}
