import { join } from 'node:path';
import { commit, makeCheckout } from '../checkout.ts';
import type { Bench, Group } from '../group.ts';
import { partRow, secondsRow } from '../row.ts';
import { type Contestant, takeTurns } from '../take-turns.ts';

/** What a node that runs a platform natively is worth. */
export const emulation: Group = {
  id: 'emulation',
  title: 'Emulation',
  about: [
    'A small Go program whose `RUN go build` is on the target platform, so that its compiler is emulated for the other one;',
    'no cache. The goal is that of this step; around it, both do the same. There is one processor here: the platform of this',
    'machine stands for a native node. Which platform goes to which node, the journey `builder-nodes` shows with two of them.',
  ],
  measure: async (bench) => {
    const base = await bench.workbench.ensureCompilerImage('both');
    const cwd = await makeCheckout(join(bench.folder, 'emulated'), {
      Dockerfile: `FROM ${base} AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n`,
      'go.mod': 'module example.com/small\n\ngo 1.21\n',
      'main.go': program(''),
    });
    const [native, foreign] = process.arch === 'arm64' ? ['arm64', 'amd64'] : ['amd64', 'arm64'];
    const samples = await takeTurns(
      [
        contestant(bench, cwd, { name: 'native', platform: native }),
        contestant(bench, cwd, { name: 'emulated', platform: foreign }),
      ],
      { rounds: 3, ...bench, warmUps: 0 },
    );
    const [above, below] = samples;
    return {
      rows: [
        partRow({ what: 'the step: native against emulated', above, below, goal: { atMost: 0.12 } }),
        secondsRow({ what: 'the whole build', above, below }),
      ],
    };
  },
};

function program(text: string): string {
  return `package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(${JSON.stringify(text)}) }\n`;
}

interface Node {
  readonly name: string;
  readonly platform: string | undefined;
}

function contestant({ workbench, cli }: Bench, cwd: string, { name, platform }: Node): Contestant {
  const argv = [
    ...['node', cli, 'build', '--name', `emulation/${name}`, '--registry', `${workbench.registry}/bench`],
    ...['--platform', `linux/${platform}`, '--progress', 'json'],
  ];
  return {
    name,
    begin: async (round) => {
      await commit(cwd, { 'main.go': program(`${name} ${round}`) });
      return { commands: [{ argv, cwd, env: workbench.env, partOf: secondsOfRun }] };
    },
  };
}

/** How long the only RUN took, by the events that the program wrote. */
function secondsOfRun(stderr: string): number {
  const events = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const run = events.find(({ kind, name }) => kind === 'step-started' && /\bRUN /.test(name));
  const end = events.findLast(({ kind, id }) => kind === 'step-finished' && id === run?.id);
  if (end === undefined) throw new Error('the build says of no RUN how long it took');
  return end.seconds;
}
