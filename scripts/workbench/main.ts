import { down, findWorkbench, up } from './workbench.ts';
import { WorkbenchError } from './workbench-error.ts';

const usage = `usage: node scripts/workbench/main.ts <command>

  up      find or start a build engine and a registry with base/busybox:latest
  down    end what was started, keep the cache
  status  say what runs; exit code 1 when nothing does
  env     print shell lines for it: eval "$(node scripts/workbench/main.ts env)"
  purge   down, and delete the cache
`;

const cancel = new AbortController();
const options = {
  signal: cancel.signal,
  log: (line: string) => void process.stderr.write(`${line}\n`),
  root: process.env.WORKBENCH_ROOT,
};

const commands: Readonly<Record<string, () => Promise<number>>> = {
  up: async () => {
    const { begun, registry } = await up(options);
    if (!begun) options.log(`workbench: already running, registry ${registry}`);
    return 0;
  },
  down: async () => {
    await down(options);
    return 0;
  },
  purge: async () => {
    await down({ ...options, purge: true });
    return 0;
  },
  status: printStatus,
  env: printEnvironment,
};

async function printStatus(): Promise<number> {
  const workbench = await findWorkbench(options);
  if (!workbench) {
    process.stdout.write('not running\n');
    return 1;
  }
  const { emulation, env, registry, root } = workbench;
  const lines = [
    `engine     ${env.DOCKER_HOST ?? 'the default of docker'}`,
    `registry   ${registry}`,
    `emulation  ${emulation ? 'yes' : 'no'}`,
    `cache      ${root}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

async function printEnvironment(): Promise<number> {
  const workbench = await findWorkbench(options);
  if (!workbench) throw new WorkbenchError('not running: run "up" first');
  const values = { ...workbench.env, REGISTRY: workbench.registry };
  for (const [name, value = ''] of Object.entries(values)) {
    process.stdout.write(`export ${name}='${value.replaceAll("'", "'\\''")}'\n`);
  }
  return 0;
}

async function main(): Promise<number> {
  const command = commands[process.argv[2] ?? ''];
  if (!command) {
    process.stderr.write(usage);
    return 2;
  }
  try {
    return await command();
  } catch (error) {
    if (cancel.signal.aborted) process.stderr.write('workbench: cancelled, what it began is stopped\n');
    else if (error instanceof WorkbenchError) process.stderr.write(`workbench: ${error.message}\n`);
    else throw error;
    return cancel.signal.aborted ? 130 : 1;
  }
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => cancel.abort());
process.exitCode = await main();
