import { join } from 'node:path';
import { type Agent, onFreshEngine } from '../agents.ts';
import { commit, makeCheckout } from '../checkout.ts';
import { buildxCommand, configureOurs, notationSigner } from '../contestants.ts';
import type { Group } from '../group.ts';
import { reportedRow } from '../row.ts';
import { takeTurns } from '../take-turns.ts';
import { changedLine, nodeApplication } from '../workloads/node-application.ts';
import { nodeImage } from '../workloads/node-image.ts';

const empty: Agent = { inMemory: false, images: [] };
const platform = `linux/${process.arch === 'arm64' ? 'arm64' : 'amd64'}`;

/** Where layers alone do: dependencies are installed by a lock file, and one line of the sources changes. */
export const nodeApp: Group = {
  id: 'node-application',
  title: 'A Node application',
  about: [
    'Forty packages by a lock file (`npm ci`), then a build step; one platform, an empty engine on a plain disk, base pulled.',
    'One line of the sources changes, so that the installed packages come from the registry cache with either.',
  ],
  measure: async (bench) => {
    const { registry } = bench.workbench;
    const base = await nodeImage(bench);
    const cwd = await makeCheckout(join(bench.folder, 'node-application'), nodeApplication(base));
    const cache = `cache:\n  enabled: true\n  cache-repo: ${registry}/cache/ours-node\n`;
    const helper = `  helper-image: ${await bench.workbench.ensureTransferImage()}\n`;
    const ours = await configureOurs(bench, 'ours-node', `${cache}${helper}`);
    const sign = await notationSigner(bench, 'node');
    const samples = await takeTurns(
      [
        {
          name: 'today: buildx, registry cache, notation',
          begin: async (round) => {
            await commit(cwd, changedLine(`today ${round}`));
            return onFreshEngine(bench, empty, (env) => [
              buildxCommand(bench, { cwd, env, platform, name: 'node', cache: 'cache/node' }),
              sign,
            ]);
          },
        },
        {
          name: 'ours',
          begin: async (round) => {
            await commit(cwd, changedLine(`ours ${round}`));
            return onFreshEngine(bench, empty, (env) => [ours({ cwd, env, platform })]);
          },
        },
      ],
      { rounds: 5, ...bench, warmUps: 1 },
    );
    return {
      rows: [
        reportedRow({ what: "one line: today's way against ours", above: samples[0], below: samples[1] }),
      ],
    };
  },
};
