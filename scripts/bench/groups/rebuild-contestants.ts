import { join } from 'node:path';
import { type Agent, onFreshEngine, zstdMirror } from '../agents.ts';
import { bringBuildah } from '../buildah.ts';
import { commit, makeCheckout } from '../checkout.ts';
import { buildxCommand, configureOurs, notationSigner } from '../contestants.ts';
import type { Bench } from '../group.ts';
import type { Contestant } from '../take-turns.ts';
import { goProgram, oneLineChange, vendoredTree } from '../workloads/go-program.ts';

export interface Contestants {
  readonly warm: Contestant;
  readonly today: Contestant;
  readonly buildahUnchanged: Contestant;
  readonly todayUnchanged: Contestant;
  readonly inMemoryWithBase: Contestant;
  readonly inMemory: Contestant;
  readonly onDiskWithBase: Contestant;
  readonly unchanged: Contestant;
}

/** Who builds the Go program, each with a cache of its own. */
export async function rebuildContestants(bench: Bench): Promise<Contestants> {
  const workload = await prepareWorkload(bench);
  const { withBase } = workload;
  return {
    warm: warmEngine(workload),
    today: await today(workload, { name: 'today: buildx, registry cache, notation', changes: true }),
    buildahUnchanged: await buildahUnchanged(workload),
    todayUnchanged: await today(workload, { name: 'buildx, unchanged', changes: false }),
    inMemoryWithBase: await oursOneLine(workload, {
      name: 'ours: in memory, base on the agent',
      agent: { inMemory: true, images: withBase },
    }),
    inMemory: await oursOneLine(workload, {
      name: 'ours: in memory, base pulled',
      agent: { inMemory: true, images: [] },
    }),
    onDiskWithBase: await oursOneLine(workload, {
      name: 'ours: on disk, base on the agent',
      agent: { inMemory: false, images: withBase },
    }),
    unchanged: await oursUnchanged(workload),
  };
}

export interface Workload {
  readonly bench: Bench;
  readonly base: string;
  readonly helper: string;
  /** Images of an agent that has what a build begins with. */
  readonly withBase: readonly string[];
  /** Its program changes before every build. */
  readonly changing: string;
  /** Its program never does; it has its dependencies with it. */
  readonly unchanged: string;
  /** Gives the program a line that it never had. */
  readonly change: () => Promise<void>;
}

export async function prepareWorkload(bench: Bench): Promise<Workload> {
  const base = await zstdMirror(bench, await bench.workbench.ensureCompilerImage());
  const changing = await makeCheckout(join(bench.folder, 'changing'), goProgram(base));
  const helper = await bench.workbench.ensureTransferImage();
  let changes = 0;
  return {
    bench,
    base,
    helper,
    withBase: [base, helper],
    changing,
    unchanged: await makeCheckout(join(bench.folder, 'unchanged'), { ...goProgram(base), ...vendoredTree() }),
    change: async () => {
      changes += 1;
      await commit(changing, oneLineChange(`change ${changes}`));
    },
  };
}

export function warmEngine({ bench, changing: cwd, change }: Workload): Contestant {
  return {
    name: 'warm engine',
    begin: async () => {
      await change();
      return { commands: [buildxCommand(bench, { cwd, env: bench.workbench.env, name: 'warm' })] };
    },
  };
}

const empty: Agent = { inMemory: false, images: [] };

async function today(
  { bench, change, ...workload }: Workload,
  { name, changes }: { readonly name: string; readonly changes: boolean },
): Promise<Contestant> {
  const image = changes ? 'today' : 'today-unchanged';
  const cwd = changes ? workload.changing : workload.unchanged;
  const sign = await notationSigner(bench, image);
  return {
    name,
    begin: async () => {
      if (changes) await change();
      return onFreshEngine(bench, empty, (env) => [
        buildxCommand(bench, { cwd, env, name: image, cache: `cache/${image}` }),
        sign,
      ]);
    },
  };
}

async function buildahUnchanged({ bench, unchanged }: Workload): Promise<Contestant> {
  const buildah = await bringBuildah(bench);
  return {
    name: 'buildah, unchanged',
    begin: async () => {
      await buildah.clear();
      return { commands: buildah.commands(unchanged, 'buildah'), end: buildah.clear };
    },
  };
}

/** Ours, of which one line changes before every build. */
export async function oursOneLine(
  { bench, helper, changing: cwd, change }: Workload,
  { name, agent }: { readonly name: string; readonly agent: Agent },
): Promise<Contestant> {
  const image = name.replaceAll(/[^a-z]+/g, '-');
  const settings = `${cacheSettings(bench, image)}  helper-image: ${helper}\n`;
  const command = await configureOurs(bench, image, settings);
  return {
    name,
    begin: async () => {
      await change();
      return onFreshEngine(bench, agent, (env) => [command({ cwd, env })]);
    },
  };
}

async function oursUnchanged({ bench, unchanged: cwd }: Workload): Promise<Contestant> {
  const settings = `${cacheSettings(bench, 'ours-unchanged')}reuse:\n  enabled: true\n  builder-version: bench\n`;
  const command = await configureOurs(bench, 'ours-unchanged', settings);
  return {
    name: 'ours, unchanged',
    begin: async () => {
      await commit(cwd, {});
      return onFreshEngine(bench, empty, (env) => [command({ cwd, env })]);
    },
  };
}

function cacheSettings({ workbench }: Bench, image: string): string {
  return `cache:\n  enabled: true\n  cache-repo: ${workbench.registry}/cache/${image}\n`;
}
