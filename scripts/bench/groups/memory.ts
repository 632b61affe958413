import { join } from 'node:path';
import { startRegistry } from '../../workbench/index.ts';
import { makeCheckout } from '../checkout.ts';
import type { Bench, Group } from '../group.ts';
import { memoryRow, secondsRow } from '../row.ts';
import { takeTurns } from '../take-turns.ts';
import { fillLayers, layeredImage } from '../workloads/layered-image.ts';

const layers = { count: 30, bytesEach: Math.ceil(1_000_000_000 / 30) };

/** A large image into several registries at once: memory does not grow with it. */
export const memory: Group = {
  id: 'memory',
  title: 'A large image',
  about: [
    '1 GB in thirty layers that cannot be compressed, new ones for each run, into three registries on this machine. Peak',
    'of the resident memory of our process, which holds the whole program and what it streams.',
  ],
  measure: async (bench) => {
    const more = await Promise.all([1, 2].map(() => startRegistry({ signal: bench.signal })));
    try {
      return {
        rows: await measureWith(bench, [bench.workbench.registry, ...more.map(({ address }) => address)]),
      };
    } finally {
      for (const registry of more) await registry.stop();
    }
  },
};

async function measureWith(bench: Bench, registries: readonly string[]) {
  const { workbench, cli, folder } = bench;
  const cwd = await makeCheckout(
    join(folder, 'large'),
    layeredImage(`${workbench.registry}/base/busybox:latest`, layers),
  );
  const begin = (argv: readonly string[]) => async () => {
    await fillLayers(cwd, layers);
    return { commands: [{ argv, cwd, env: workbench.env }] };
  };
  const platform = ['--platform', 'linux/amd64'];
  const repositories = registries.flatMap((registry) => ['--registry', `${registry}/large`]);
  const tags = registries.flatMap((registry) => ['--tag', `${registry}/large/buildx:latest`]);
  const docker = workbench.tool('docker');
  const [ours, buildx] = await takeTurns(
    [
      {
        name: 'ours',
        begin: begin(['node', cli, 'build', '--name', 'ours', ...platform, ...repositories]),
      },
      {
        name: 'buildx',
        begin: begin([docker, 'buildx', 'build', '--push', ...platform, ...tags, '.']),
      },
    ],
    { rounds: 3, ...bench, warmUps: 0 },
  );
  return [
    memoryRow({ what: 'peak of memory', above: ours, goal: { atMost: 200 } }),
    secondsRow({ what: 'the whole command', above: ours, below: buildx }),
  ];
}
