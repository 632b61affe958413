import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startRegistry } from '../../workbench/index.ts';
import { makeCheckout } from '../checkout.ts';
import type { Bench, Group } from '../group.ts';
import { memoryRow, secondsRow } from '../row.ts';
import { takeTurns } from '../take-turns.ts';

const layers = Array.from({ length: 30 }, (_, at) => at);
const layerBytes = Math.ceil(1_000_000_000 / layers.length);

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
  const copies = layers.map((layer) => `COPY data-${layer} /\n`).join('');
  const cwd = await makeCheckout(join(folder, 'large'), {
    Dockerfile: `FROM ${workbench.registry}/base/busybox:latest\n${copies}`,
    '.gitignore': 'data-*\n',
  });
  const begin = (argv: readonly string[]) => async () => {
    for (const layer of layers) await writeFile(join(cwd, `data-${layer}`), randomBytes(layerBytes));
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
