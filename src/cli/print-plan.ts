import type { Advice } from '../advice/index.ts';
import { mountKey } from '../cache-mounts/index.ts';
import type { FoundMounts } from '../dockerfile/index.ts';
import { printRepository } from '../oci/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { neutralise } from '../progress/index.ts';
import { uniqueTagValues } from '../tags/index.ts';
import type { NodeMounts } from './node-mounts.ts';

/** The plan as people read it: what is built from what, where it goes, what decided so, and what would be faster. */
export function printPlan(
  plan: BuildPlan,
  { advice, mounts }: { readonly advice: readonly Advice[]; readonly mounts: readonly NodeMounts[] },
): string {
  return [...sections(plan, mounts), adviceLines(advice)]
    .filter(([, lines]) => lines.length > 0)
    .flatMap(([title, lines]) => lines.map((line, at) => `${(at === 0 ? title : '').padEnd(14)}${line}`))
    .map((line) => `${neutralise(line)}\n`)
    .join('');
}

function sections(plan: BuildPlan, mounts: readonly NodeMounts[]): [title: string, lines: string[]][] {
  const { source, image } = plan;
  const pull = source.pullRequest === undefined ? '' : ` #${source.pullRequest}`;
  return [
    [
      'source',
      [
        `${source.repository}${pull} at ${source.commit}`,
        `event ${source.event}${source.dirty ? ', uncommitted changes' : ''}`,
      ],
    ],
    ['image', [image.name]],
    ['dockerfile', [`${image.dockerfile}${image.target === undefined ? '' : `, target ${image.target}`}`]],
    ['context', [image.context, ...plan.buildContexts.map(([name, path]) => `${name} = ${path}`)]],
    ['platforms', plan.nodes.flatMap(nodeLines)],
    ['build args', plan.buildArgs.map(([name, value]) => `${name}=${shortened(value)}`)],
    ['secrets', plan.secrets.map(secretLine)],
    ['labels', Object.entries(plan.labels).map(([name, value]) => `${name}=${value}`)],
    ['tags', plan.tags.map(({ name, value }) => `${value}  (${name})`)],
    ['policy', [plan.policy.rule === undefined ? 'none' : `allowed by rule ${plan.policy.rule}`]],
    [
      'push to',
      [
        ...plan.destinations.map(({ push }) => printRepository(push)),
        `decided by ${plan.policy.destinationsFrom}`,
      ],
    ],
    ['pull as', pullNames(plan)],
    [
      'signed',
      [
        plan.signing.kind === 'unsigned'
          ? `no: ${plan.signing.reason}`
          : `by ${plan.signing.signers.join(', ')}`,
      ],
    ],
    ['bases', baseLines(plan.policy.bases)],
    [
      'builders',
      plan.policy.builderNodes === undefined ? [] : [`only ${plan.policy.builderNodes.join(', ')}`],
    ],
    ['cache', plan.nodes.flatMap((node) => cacheLines(node, plan.cacheLogin))],
    ['cache mounts', distinct(mounts.flatMap(mountLines))],
    ['reuse', plan.reuse === undefined ? [] : [reuseLine(plan.reuse, image.dockerfile)]],
    [
      'attested',
      [`provenance ${plan.attestations.provenance}, SBOM ${plan.attestations.sbom === false ? 'off' : 'on'}`],
    ],
    ['compressed', plan.compression === 'gzip' ? [] : [`new layers with ${plan.compression}`]],
    [
      'reproducible',
      plan.sourceDateEpoch === undefined
        ? []
        : [`every time in the image is ${plan.labels['org.opencontainers.image.created']}`],
    ],
  ];
}

function adviceLines(advice: readonly Advice[]): [title: string, lines: string[]] {
  const lines = advice.map(({ rule, file, line, message, saves }) => {
    const worth = saves === undefined ? '' : `; ${saves}`;
    return `${file}:${line} ${rule}: ${message}${worth}`;
  });
  return ['advice', lines];
}

/** One builder for all is not worth a word. */
function nodeLines(
  { platforms, name, reason }: BuildPlan['nodes'][number],
  _: number,
  all: readonly unknown[],
) {
  return platforms.map((platform) => (all.length === 1 ? platform : `${platform}  on ${name}: ${reason}`));
}

function pullNames(plan: BuildPlan): string[] {
  const values = uniqueTagValues(plan.tags);
  return plan.destinations.flatMap(({ pull }) => values.map((value) => `${printRepository(pull)}:${value}`));
}

function secretLine(secret: BuildPlan['secrets'][number]): string {
  switch (secret.kind) {
    case 'file':
      return `${secret.id} from file ${secret.path}`;
    case 'environment':
      return `${secret.id} from variable ${secret.variable}`;
    case 'go-modules':
      return `${secret.id} from go-modules of the configuration`;
  }
}

function baseLines({ only, restricted }: BuildPlan['policy']['bases']): string[] {
  return [
    ...(only === undefined ? [] : [`only from ${only.places.join(', ')}`]),
    ...(restricted === undefined ? [] : [`not from ${restricted.places.join(', ')}`]),
  ];
}

function reuseLine(
  { obstacle, anew, vouchers }: NonNullable<BuildPlan['reuse']>,
  dockerfile: string,
): string {
  const { reason, line } = obstacle ?? {};
  if (reason !== undefined)
    return line === undefined ? `no: ${reason}` : `no: ${dockerfile}:${line} ${reason}`;
  if (anew !== undefined) return `no: ${anew}; a later build may go on with this image`;
  return `an image of the same inputs that ${vouchers.join(' and ')} signed, instead of another build`;
}

function cacheLines({ cache }: BuildPlan['nodes'][number], login: BuildPlan['cacheLogin']): string[] {
  const writer = login === undefined ? '' : ` as ${login.username}`;
  const written = cache.export === undefined ? [] : [`write ${cache.export}${writer}`];
  return [...cache.import.map((reference) => `read ${reference}`), ...written];
}

function mountLines({ node, found, outOfReach }: NodeMounts): string[] {
  const { mounts, unclear } = found;
  const place = node.cache.mounts?.write ?? '';
  const kept =
    outOfReach === undefined
      ? mounts.map((mount) => `${mount.id} (line ${mount.line}) ${keptIn(mount, place)}`)
      : mounts.length === 0
        ? []
        : [`not kept: ${outOfReach}`];
  return [...kept, ...unclear.map(({ line, reason }) => `not kept: the one of line ${line} ${reason}`)];
}

/** Which directory begins with an image is known when its digest is. */
function keptIn({ from, ...mount }: FoundMounts['mounts'][number], place: string): string {
  return from === undefined
    ? `in ${place}-${mountKey(mount)}`
    : `in ${place}-…, begins with ${from.untrustedImage} for ${from.platform}`;
}

/** Every node reads the same Dockerfile. */
function distinct(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}

/** Build args may hold a whole file. */
function shortened(value: string): string {
  const line = JSON.stringify(value).slice(1, -1);
  return line.length > 100 ? `${line.slice(0, 97)}...` : line;
}
