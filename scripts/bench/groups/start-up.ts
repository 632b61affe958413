import { join } from 'node:path';
import { makeCheckout } from '../checkout.ts';
import type { Group } from '../group.ts';
import { startUpRow } from '../row.ts';
import { type Contestant, takeTurns } from '../take-turns.ts';

const rounds = 21;

/** What every call of the program costs before it does anything. */
export const startUp: Group = {
  id: 'start-up',
  title: 'Start-up',
  about: ['Whole processes. `plan` also asks git four questions and reads the configuration.'],
  measure: async (bench) => {
    const cwd = await makeCheckout(join(bench.folder, 'idle'), { Dockerfile: 'FROM scratch\n' });
    const [empty, version, help, plan] = await takeTurns(
      [
        node('an empty node', cwd, '-e', '0'),
        node('image-builder --version', cwd, bench.cli, '--version'),
        node('image-builder build --help', cwd, bench.cli, 'build', '--help'),
        node('image-builder plan', cwd, bench.cli, 'plan', '--platform', 'linux/amd64'),
      ],
      { rounds, ...bench, warmUps: 1 },
    );
    const goal = { atMost: 1.6 };
    return {
      rows: [
        startUpRow({ what: 'the program starts', above: version, below: empty, goal }),
        startUpRow({ what: 'help', above: help, below: empty, goal }),
        startUpRow({ what: 'a plan', above: plan, below: empty }),
      ],
    };
  },
};

function node(name: string, cwd: string, ...args: string[]): Contestant {
  return { name, begin: async () => ({ commands: [{ argv: ['node', ...args], cwd, env: {} }] }) };
}
