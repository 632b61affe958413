import type { Group } from '../group.ts';
import { reportedRow } from '../row.ts';
import { takeTurns } from '../take-turns.ts';
import { byHand as byHandContestant } from './by-hand-contestants.ts';
import { oursOneLine, prepareWorkload, warmEngine } from './rebuild-contestants.ts';

/** How far the goals of an agent that begins empty can be reached on a machine at all. */
export const byHand: Group = {
  id: 'by-hand',
  title: 'By hand',
  about: [
    'The same Go program and its change of one line, on an empty engine in memory, without us: a helper build that fills the',
    'mount from an archive beside the engine and has the base pulled meanwhile, `docker buildx build` that pushes zstd',
    'layers, `notation sign`. Nothing is planned, looked up, checked, attested, verified or reported: about the least that an',
    'empty agent costs on this machine.',
  ],
  measure: async (bench) => {
    const workload = await prepareWorkload(bench);
    const hand = await byHandContestant(workload);
    const here = { inMemory: true, images: workload.withBase };
    const pulled = { inMemory: true, images: [] };
    const contestants = [
      warmEngine(workload),
      hand('by hand, base on the agent', here),
      hand('by hand, base pulled', pulled),
      await oursOneLine(workload, { name: 'ours, base on the agent', agent: here }),
      await oursOneLine(workload, { name: 'ours, base pulled', agent: pulled }),
    ];
    const [warm, ...samples] = await takeTurns(contestants, { rounds: 3, ...bench, warmUps: 1 });
    return { rows: samples.map((above) => reportedRow({ what: above.name, above, below: warm })) };
  },
};
