import type { Settings } from '../config/index.ts';
import { ImageBuilderError } from '../core/index.ts';
import { type TargetRun, targetRuns } from '../dockerfile/index.ts';
import type { BuildPlan } from './build-plan.ts';

/** Where some of the platforms are built. */
export interface PlannedNode {
  readonly name: string;
  /** Of buildx; the current one when absent. */
  readonly builder?: string;
  readonly platforms: readonly string[];
  /** Why there, for people. */
  readonly reason: string;
}

export interface NodeQuestion extends Pick<BuildPlan, 'platforms' | 'image' | 'buildArgs' | 'buildContexts'> {
  readonly nodes: Settings['builderNodes'];
  /** Names of those that policy allows; undefined where it does not mind. */
  readonly allowed: readonly string[] | undefined;
  /** Name of the policy's rule, for its denial. */
  readonly rule: string | undefined;
  /** Builder that somebody named. */
  readonly named: string | undefined;
  /** Undefined where it is not at hand. */
  readonly untrustedDockerfile: string | undefined;
}

type Node = Settings['builderNodes'][number];

/** Node of a build that no configuration sends anywhere. */
const anywhere = 'default';

/**
 * Decides where each platform is built. What runs nothing on its target platform stays together, since its stages are
 * shared; the rest goes to nodes that run it natively, as far as there are some. Throws `policy.denied`.
 */
export function planNodes(question: NodeQuestion): readonly PlannedNode[] {
  const { named, platforms } = question;
  const nodes = allowedNodes(question);
  if (named !== undefined) {
    const name = nodes.find(({ builder }) => builder === named)?.name ?? named;
    return [{ name, builder: named, platforms, reason: 'it was named' }];
  }
  const [first] = nodes;
  if (first === undefined) return [{ name: anywhere, platforms, reason: 'no other node is configured' }];
  const native = firstTargetRun(question);
  const home = question.allowed === undefined ? undefined : first;
  if (native === undefined)
    return [
      placed(home, platforms, 'nothing runs on a target platform, so the platforms share their stages'),
    ];
  const homes = platforms.map((platform) => {
    const node = nodes.find((each) => each.platforms.includes(platform));
    return node === undefined
      ? placed(home, [platform], `no node runs ${platform} natively`)
      : placed(node, [platform], `it runs ${platform} natively, which line ${native} needs`);
  });
  return [...Map.groupBy(homes, ({ name }) => name).values()].map(joined);
}

/** What goes to one node is one build. */
function joined(same: readonly PlannedNode[]): PlannedNode {
  const [first] = same;
  if (first === undefined) throw new Error('a group of no node');
  const platforms = same.flatMap((node) => node.platforms);
  return { ...first, platforms, reason: same.map(({ reason }) => reason).join('; ') };
}

function placed(node: Node | undefined, platforms: readonly string[], reason: string): PlannedNode {
  if (node === undefined) return { name: anywhere, platforms, reason };
  return { name: node.name, builder: node.builder, platforms, reason };
}

function allowedNodes({ nodes, allowed, rule = 'policy', named }: NodeQuestion): readonly Node[] {
  if (allowed === undefined) return nodes;
  const found = nodes.filter(({ name }) => allowed.includes(name));
  const fits = named === undefined ? found.length > 0 : found.some(({ builder }) => builder === named);
  if (fits) return found;
  const message =
    named === undefined
      ? `denied by "${rule}": none of its builder nodes is configured`
      : `denied by "${rule}": builder "${named}" belongs to none of its builder nodes`;
  const hint = `builder nodes of the rule: ${allowed.join(', ') || 'none'}`;
  throw new ImageBuilderError('policy.denied', message, { rule }, { hint });
}

/** The line of the first command that runs on a target platform; what is not at hand may hold one. */
function firstTargetRun(question: NodeQuestion): number | undefined {
  const { untrustedDockerfile: untrustedText, image, platforms, buildArgs, buildContexts } = question;
  if (untrustedText === undefined) return 1;
  const contexts = buildContexts.map(([name]) => name);
  const asked = { untrustedText, target: image.target, buildArgs, contexts };
  const runs = platforms.flatMap((platform): readonly TargetRun[] => targetRuns({ ...asked, platform }));
  return runs[0]?.instruction.line;
}
