import { figuresOf } from '../figures.ts';
import type { Chart, Group } from '../group.ts';
import { reportedRow, secondsRow } from '../row.ts';
import { type Samples, takeTurns } from '../take-turns.ts';
import { type Contestants, rebuildContestants } from './rebuild-contestants.ts';

/** A change of one line, and no change at all, on agents that begin empty. */
export const rebuild: Group = {
  id: 'rebuild',
  title: 'Agents that begin empty',
  about: [
    'A Go program, cross-compiled for two platforms, with a cache mount; one line of a package in the middle changes.',
    '*Warm* is an engine that stays, on a plain disk, with `docker buildx build --push` and its default options. *Today* is',
    'an empty engine with a registry cache (`mode=max`) and `notation sign`: cache mounts are lost. Ours signs and verifies',
    'too, and is timed to its report; what it saves for the next build goes on behind it. Fresh engines are started before',
    'the time is taken, and a base that is on the agent was pulled before. Where nothing changes, the checkout also has',
    '3,500 vendored files of 60 MB, and `reuse.builder-version` is set.',
  ],
  measure: async (bench) => {
    const contestants = await rebuildContestants(bench);
    const samples = await takeTurns(Object.values(contestants), { rounds: 3, ...bench, warmUps: 1 });
    const of = (key: keyof Contestants) => samples.find(({ name }) => name === contestants[key].name);
    return { rows: rowsOf(of), chart: chartOf(samples) };
  },
};

function rowsOf(of: (key: keyof Contestants) => Samples | undefined) {
  const oneLine = (key: keyof Contestants, what: string, atMost: number) =>
    reportedRow({ what: `one line, ${what}`, above: of(key), below: of('warm'), goal: { atMost } });
  const ours = of('inMemory');
  return [
    oneLine('inMemoryWithBase', 'in memory, base on the agent', 1),
    oneLine('inMemory', 'in memory, base pulled', 1.4),
    oneLine('onDiskWithBase', 'on a plain disk, base on the agent', 1.6),
    reportedRow({ what: "today's way against ours", above: of('today'), below: ours, goal: { atLeast: 10 } }),
    secondsRow({
      what: "today's way against ours, to the end of the process",
      above: of('today'),
      below: ours,
    }),
    reportedRow({
      what: 'buildah with registry cache, unchanged, against ours with one line',
      above: of('buildahUnchanged'),
      below: ours,
      goal: { atLeast: 10 },
    }),
    reportedRow({
      what: 'nothing changed: buildx with registry cache against ours',
      above: of('todayUnchanged'),
      below: of('unchanged'),
      goal: { atLeast: 15 },
    }),
  ];
}

function chartOf(samples: readonly Samples[]): Chart {
  const bars = samples.map(({ name, reportedSeconds }) => ({
    label: name,
    value: figuresOf(reportedSeconds).median,
  }));
  return { title: 'Seconds to the image, signed but for warm and buildah', unit: 'seconds', bars };
}
