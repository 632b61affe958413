import { join } from 'node:path';
import { type Agent, onFreshEngine, zstdMirror } from '../agents.ts';
import { commit, makeCheckout } from '../checkout.ts';
import { buildxCommand, configureOurs } from '../contestants.ts';
import type { Group } from '../group.ts';
import { secondsRow } from '../row.ts';
import { takeTurns } from '../take-turns.ts';
import { goProgram, oneLineChange } from '../workloads/go-program.ts';

const empty: Agent = { inMemory: false, images: [] };

/** What ours costs where nothing can be saved. */
export const cold: Group = {
  id: 'cold',
  title: 'The whole command',
  about: [
    'The Go program on an empty engine without any cache, on a plain disk. Ours also plans, signs the index and each',
    'platform, verifies the signatures, moves the tags last and writes a report; the rival is `docker buildx build --push`.',
  ],
  measure: async (bench) => {
    const base = await zstdMirror(bench, await bench.workbench.ensureCompilerImage());
    const cwd = await makeCheckout(join(bench.folder, 'go'), goProgram(base));
    const change = (round: number) => commit(cwd, oneLineChange(`${round}`));
    const ours = await configureOurs(bench, 'ours-cold', '');
    const samples = await takeTurns(
      [
        {
          name: 'ours, signed and verified',
          begin: async (round) => {
            await change(round);
            return onFreshEngine(bench, empty, (env) => [ours({ cwd, env })]);
          },
        },
        {
          name: 'docker buildx build --push',
          begin: async (round) => {
            await change(round);
            return onFreshEngine(bench, empty, (env) => [buildxCommand(bench, { cwd, env, name: 'cold' })]);
          },
        },
      ],
      { rounds: 3, ...bench, warmUps: 0 },
    );
    const goal = { atMost: 1.05, plusSeconds: 0.3 };
    return { rows: [secondsRow({ what: 'a cold build', above: samples[0], below: samples[1], goal })] };
  },
};
