import { readFile } from 'node:fs/promises';
import {
  type BuildEvent,
  buildEvents,
  type CiBuild,
  checkoutReader,
  ciSource,
  findCheckoutRoot,
  readCiBuild,
  type SourceState,
} from '../ci/index.ts';
import type { Settings } from '../config/index.ts';
import { ImageBuilderError, nearest } from '../core/index.ts';
import { dockerfileText } from '../pipeline/index.ts';
import { type BuildPlan, planBuild } from '../plan/index.ts';
import type { BuildRequest } from '../request/index.ts';
import type { CommandRun } from './commands.ts';
import { loadConfiguration } from './load-configuration.ts';
import { one } from './one.ts';
import type { Arguments } from './parse-arguments.ts';

export interface Prepared {
  readonly source: SourceState;
  /** What the CI around us builds; undefined outside of one, and where `--event` says what to act as. */
  readonly ci: CiBuild | undefined;
  readonly settings: Settings;
  /** Where they are from. */
  readonly file: string;
  /** Turns a path of the configuration into an absolute one: it counts from the folder of its file. */
  readonly resolvePath: (path: string) => string;
  /** One line each, for the display. */
  readonly warnings: readonly string[];
  readonly now: Date;
}

/** Reads what every command about a build needs: what is built and why, and the settings. */
export async function prepare(run: CommandRun): Promise<Prepared> {
  const { args, console, signal } = run;
  const now = new Date();
  const directory = one(args, 'checkout') ?? console.directory;
  const ci = one(args, 'event') === undefined ? await readCiBuild(console.environment, readFile) : undefined;
  const source =
    ci === undefined
      ? await checkoutReader({ directory, repository: one(args, 'repo'), ...eventChoice(args) }).read(signal)
      : await ciSource(ci, { directory, now, signal });
  const root = source.root === '' ? await findCheckoutRoot(directory, signal) : source.root;
  const { settings, file, warnings, resolvePath } = await loadConfiguration(run, root);
  return { source, ci, settings, file, resolvePath, warnings: [...(ci?.notes ?? []), ...warnings], now };
}

/** Plans a build of this checkout. */
export async function planFrom(
  { args, console }: CommandRun,
  prepared: Prepared,
  request: BuildRequest,
): Promise<BuildPlan> {
  const origin = { kind: 'local' } as const;
  const { environment } = console;
  const untrustedDockerfile = await dockerfileText(prepared.source.root, request.dockerfile);
  const builder = one(args, 'builder');
  return planBuild({ ...prepared, origin, request, environment, builder, untrustedDockerfile });
}

/** The build request of a command line. */
export function requestFrom(args: Arguments): BuildRequest {
  const many = (name: string) => args.values.get(name) ?? [];
  const on = (name: string) => args.switches.get(name) ?? false;
  const [name, target, tagsBase64] = [one(args, 'name'), one(args, 'target'), one(args, 'tag-base64')];
  return {
    ...(name === undefined ? {} : { name }),
    dockerfile: one(args, 'dockerfile') ?? './Dockerfile',
    context: one(args, 'context') ?? '.',
    ...(target === undefined ? {} : { target }),
    tags: many('tag'),
    ...(tagsBase64 === undefined ? {} : { tagsBase64 }),
    buildArgs: many('build-arg'),
    buildContexts: many('build-context'),
    secrets: many('secret'),
    platforms: many('platform'),
    exportTags: on('export-tags'),
    useRestrictedRegistry: on('use-restricted-registry'),
    useGoModules: on('use-go-internal-sap-modules'),
    registries: many('registry'),
    noCache: on('no-cache'),
  };
}

function eventChoice(args: Arguments): { event: BuildEvent; pullRequest?: number } {
  const word = one(args, 'event') ?? 'local';
  const event = buildEvents.find((each) => each === word);
  if (event === undefined) {
    const near = nearest(word, buildEvents);
    const hint = near === undefined ? `known events: ${buildEvents.join(', ')}` : `did you mean "${near}"?`;
    throw new ImageBuilderError(
      'usage.invalid',
      `unknown event "${word}"`,
      { argument: '--event' },
      { hint },
    );
  }
  const number = one(args, 'pull-request');
  if (number === undefined) return { event };
  if (/^[1-9][0-9]{0,8}$/.test(number)) return { event, pullRequest: Number(number) };
  const message = `flag "--pull-request" expects a number, got "${number}"`;
  throw new ImageBuilderError('usage.invalid', message, { argument: '--pull-request' });
}
