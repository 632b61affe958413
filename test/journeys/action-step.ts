import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildReport, buildReportSchema } from '../../src/report/index.ts';
import { readFileCommand } from '../fakes/github-runner/read-file-command.ts';
import type { GithubEvent } from './github-events.ts';
import type { RemoteStage } from './remote-stage.ts';
import { type Ended, tellsSecret } from './stage.ts';

const actionFolder = join(import.meta.dirname, '../../.github/actions/image-builder/dist');

/** What a step left. */
export interface ActionStep extends Ended {
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Of the output; undefined when it is not set. */
  readonly report: BuildReport | undefined;
}

export interface RunningStep {
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves when the log holds this text. */
  saying(text: string): Promise<void>;
  /** What it has saved for its post step by now. */
  readonly state: () => Readonly<Record<string, string>>;
  readonly ended: Promise<ActionStep>;
}

type Values = Readonly<Record<string, string>>;

/** Starts the committed bundle of the action as GitHub's runner does. */
export function startAction(stage: RemoteStage, event: GithubEvent, inputs: Values = {}): RunningStep {
  return startStep(stage, 'main.js', { event, inputs });
}

/** Runs its post step, with the state that the step has saved. */
export function runPostStep(stage: RemoteStage, event: GithubEvent, state: Values): Promise<ActionStep> {
  return startStep(stage, 'post.js', { event, inputs: {}, state }).ended;
}

interface StepOrder {
  readonly event: GithubEvent;
  readonly inputs: Values;
  readonly state?: Values;
}

function startStep(stage: RemoteStage, bundle: string, order: StepOrder): RunningStep {
  const folder = mkdtempSync(join(stage.folder, 'step-'));
  const files = {
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_STATE: join(folder, 'state'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
  };
  for (const path of Object.values(files)) writeFileSync(path, '');
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    ...files,
    ...stepEnvironment(stage, order, folder),
  };
  const child = spawn(process.execPath, [join(actionFolder, bundle)], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = watchLog();
  child.stdout.on('data', (chunk: Buffer) => log.take(chunk.toString()));
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const read = (path: string) => Object.fromEntries(readFileCommand(readFileSync(path, 'utf8')));
  const leftBehind = () => ({
    ...{ stdout: log.text(), stderr, outputs: read(files.GITHUB_OUTPUT), state: read(files.GITHUB_STATE) },
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
  });
  const ended = new Promise<ActionStep>((resolve, reject) =>
    child.on('close', (code) => {
      const left = leftBehind();
      if (tellsSecret(JSON.stringify(left))) return reject(new Error('the action printed a secret'));
      const json = left.outputs['build-report'];
      const report = json === undefined ? undefined : buildReportSchema.parse(JSON.parse(json));
      resolve({ exitCode: code ?? -1, ...left, report });
    }),
  );
  return {
    ended,
    state: () => read(files.GITHUB_STATE),
    kill: (signal) => child.kill(signal),
    saying: (text) => {
      const broken = ended.then(({ stdout, stderr }) => {
        if (!stdout.includes(text)) throw new Error(`ended without saying "${text}":\n${stdout}${stderr}`);
      });
      return Promise.race([log.saying(text), broken]);
    },
  };
}

/** What the runner sets for a step of a job that this event has started. */
export function githubEnvironment(stage: RemoteStage, event: GithubEvent, folder: string): Values {
  const payload = join(folder, 'event.json');
  writeFileSync(payload, JSON.stringify(event.payload));
  const claims = { event_name: event.event, sha: event.sha, ref: event.ref, ...event.claims };
  return {
    ...{ CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: event.event, GITHUB_SHA: event.sha },
    ...{ GITHUB_REF: event.ref, GITHUB_REPOSITORY: 'kyma-project/app', GITHUB_RUN_ID: '777' },
    GITHUB_EVENT_PATH: payload,
    GITHUB_SERVER_URL: `https://${stage.git.host}`,
    ACTIONS_ID_TOKEN_REQUEST_URL: stage.issuer.requestUrlOf(claims),
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: stage.issuer.requestToken,
    ...stage.clientEnvironment,
  };
}

function stepEnvironment(
  stage: RemoteStage,
  { event, inputs, state = {} }: StepOrder,
  folder: string,
): Values {
  const given = { 'image-name': stage.name, platforms: 'linux/amd64', config: stage.config, ...inputs };
  const named = (prefix: string, values: Values, spell: (name: string) => string) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}_${spell(key)}`, value]));
  return {
    ...githubEnvironment(stage, event, folder),
    ...named('INPUT', given, (name) => name.toUpperCase()),
    ...named('STATE', state, (name) => name),
  };
}

function watchLog() {
  let text = '';
  const waiting = new Map<string, () => void>();
  return {
    text: () => text,
    take(more: string) {
      text += more;
      for (const [wanted, resolve] of waiting) if (text.includes(wanted)) resolve();
    },
    saying: (wanted: string) =>
      new Promise<void>((resolve) => {
        if (text.includes(wanted)) resolve();
        waiting.set(wanted, resolve);
      }),
  };
}
