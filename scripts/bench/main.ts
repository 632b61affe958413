// Measures our whole command against what people type today, side by side, and writes docs/performance.md. Words on the
// command line are the groups to measure; the sections of the others stay as they are. `--rounds N` is for a quick look.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startWorkbench, type Workbench } from '../workbench/index.ts';
import type { Group } from './group.ts';
import { byHand } from './groups/by-hand.ts';
import { cold } from './groups/cold.ts';
import { emulation } from './groups/emulation.ts';
import { memory } from './groups/memory.ts';
import { nodeApp } from './groups/node-application.ts';
import { publish } from './groups/publish.ts';
import { rebuild } from './groups/rebuild.ts';
import { startUp } from './groups/start-up.ts';
import { performanceMarkdown, type Section } from './performance-markdown.ts';

const root = join(import.meta.dirname, '../..');
const document = join(root, 'docs/performance.md');
const groups = [rebuild, byHand, nodeApp, cold, publish, memory, emulation, startUp];

const stopping = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stopping.abort(name));
const say = (line: string) => process.stderr.write(`${line}\n`);

function chosenGroups(words: readonly string[]): readonly Group[] {
  const unknown = words.find((word) => groups.every(({ id }) => id !== word));
  if (unknown === undefined)
    return words.length === 0 ? groups : groups.filter(({ id }) => words.includes(id));
  say(`unknown group "${unknown}"; known: ${groups.map(({ id }) => id).join(', ')}`);
  process.exit(2);
}

async function measure(group: Group, workbench: Workbench): Promise<Section> {
  say(group.title);
  const folder = await mkdtemp(join(tmpdir(), 'image-builder-bench-'));
  try {
    const cli = join(root, 'dist/cli.js');
    const measured = await group.measure({ workbench, cli, folder, signal: stopping.signal, say, ...rounds });
    return { group, measured, machine: describeMachine(), date: new Date() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function describeMachine(): string {
  const processor = cpus()[0]?.model.trim() ?? process.arch;
  return `${cpus().length} cores (${processor}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
}

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string' } },
  allowPositionals: true,
});
const chosen = chosenGroups(positionals);
const rounds = values.rounds === undefined ? {} : { rounds: Number(values.rounds) };
execFileSync('node', ['scripts/build.ts'], { cwd: root, stdio: 'inherit' });
try {
  await measureAll(chosen);
} catch (error) {
  if (!stopping.signal.aborted) throw error;
  say('bench: stopped; what was measured before is written');
  process.exitCode = 130;
}

async function measureAll(chosen: readonly Group[]): Promise<void> {
  const workbench = await startWorkbench({ fresh: true, log: say, signal: stopping.signal });
  try {
    for (const group of chosen) {
      const section = await measure(group, workbench);
      // Written at once: what was measured is not lost when a later group fails.
      const before = await readFile(document, 'utf8');
      await writeFile(document, performanceMarkdown(before, [section], groups));
    }
  } finally {
    await workbench.stop();
  }
  process.stdout.write(await readFile(document, 'utf8'));
}
