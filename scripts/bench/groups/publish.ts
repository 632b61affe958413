import { join } from 'node:path';
import { startRegistry } from '../../workbench/index.ts';
import { makeCheckout } from '../checkout.ts';
import type { Bench, Group } from '../group.ts';
import { bytesRow, secondsRow } from '../row.ts';
import { openSlowLink, type SlowLink } from '../slow-link.ts';
import { type Contestant, takeTurns } from '../take-turns.ts';
import { fillLayers, layeredImage } from '../workloads/layered-image.ts';

const layers = { count: 6, bytesEach: 50_000_000 };
const link = { roundTripMilliseconds: 20, bytesPerSecond: 100_000_000 };

/** One image into many repositories, and into two registries, far away. */
export const publish: Group = {
  id: 'publish',
  title: 'Many repositories',
  about: [
    '300 MB in six layers that cannot be compressed, new ones for each run; a link of 100 MB/s in each direction and 20 ms',
    'of round trip to each registry. Ours and `docker buildx build --push` with a tag for each repository. Not signed.',
  ],
  measure: async (bench) => {
    const second = await startRegistry({ signal: bench.signal });
    const links = await Promise.all(
      [bench.workbench.registry, second.address].map((to) => openSlowLink({ to, ...link })),
    );
    try {
      return { rows: await measureOver(bench, links) };
    } finally {
      for (const each of links) each.close();
      await second.stop();
    }
  },
};

async function measureOver(bench: Bench, links: readonly SlowLink[]) {
  const base = `${bench.workbench.registry}/base/busybox:latest`;
  const cwd = await makeCheckout(join(bench.folder, 'layers'), layeredImage(base, layers));
  const [first = '', second = ''] = links.map(({ address }) => address);
  const one = [`${first}/one`];
  const ten = Array.from({ length: 10 }, (_, at) => `${first}/ten-${at}`);
  const two = [`${first}/two`, `${second}/two`];
  const sent = () => links.reduce((total, each) => total + each.sent(), 0);
  const contestant = (name: string, argv: readonly string[]): Contestant => ({
    name,
    begin: async () => {
      await fillLayers(cwd, layers);
      return { commands: [{ argv, cwd, env: bench.workbench.env }], sent };
    },
  });
  const ours = (repositories: readonly string[]) =>
    contestant(`ours, ${repositories.length}`, [
      ...['node', bench.cli, 'build', '--name', 'ours', '--platform', 'linux/amd64'],
      ...repositories.flatMap((repository) => ['--registry', repository]),
    ]);
  const buildx = (repositories: readonly string[]) =>
    contestant(`buildx, ${repositories.length}`, [
      ...[bench.workbench.tool('docker'), 'buildx', 'build', '--push', '--platform', 'linux/amd64'],
      ...repositories.flatMap((repository) => ['--tag', `${repository}/buildx:latest`]),
      '.',
    ]);
  const [ours1, ours10, ours2, buildx1, buildx10, buildx2] = await takeTurns(
    [ours(one), ours(ten), ours(two), buildx(one), buildx(ten), buildx(two)],
    { rounds: 5, ...bench, warmUps: 1 },
  );
  const repositories = '10 repositories against 1, one registry';
  return [
    secondsRow({ what: repositories, above: ours10, below: ours1, goal: { atMost: 1.1 } }),
    bytesRow({ what: `${repositories}: bytes`, above: ours10, below: ours1, goal: { atMost: 1.01 } }),
    secondsRow({ what: 'the same with buildx', above: buildx10, below: buildx1 }),
    secondsRow({ what: '2 registries against 1', above: ours2, below: ours1, goal: { atMost: 1.3 } }),
    secondsRow({ what: 'the same with buildx', above: buildx2, below: buildx1 }),
    secondsRow({ what: 'ours against buildx, 1 repository', above: ours1, below: buildx1 }),
    secondsRow({ what: 'ours against buildx, 10 repositories', above: ours10, below: buildx10 }),
    secondsRow({ what: 'ours against buildx, 2 registries', above: ours2, below: buildx2 }),
  ];
}
