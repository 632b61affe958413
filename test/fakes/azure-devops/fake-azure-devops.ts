import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeAzureDevOpsOptions, type Settings, settingsOf } from './options.ts';
import { PipelineQueue } from './pipeline-queue.ts';
import { Credentials } from './rest/credentials.ts';
import { type FaultRule, Faults } from './rest/faults.ts';
import { openServer } from './rest/open-server.ts';
import { answerRest, type RestServer, type SeenRequest } from './rest/rest-server.ts';
import type { Service } from './rest/service.ts';
import type { Run } from './runs/run.ts';

export interface FakeAzureDevOps {
  /** Of the organization: what a client is configured with. */
  readonly url: string;
  readonly organization: string;
  readonly project: string;
  readonly pipelineId: number;
  /** What stands in the place of `https://login.microsoftonline.com`. */
  readonly authorityUrl: string;
  readonly tenant: string;
  readonly clientId: string;
  /** All requests to the service and to Entra, in the order of their coming. */
  readonly seen: readonly SeenRequest[];
  /** By their ids, which count from 101. */
  readonly runs: ReadonlyMap<number, Run>;
  /** A bearer token, good for an hour if nothing else is said. */
  readonly issueToken: (seconds?: number) => string;
  /** All bearer tokens that it ever gave out. */
  readonly issuedTokens: () => readonly string[];
  /** All bearer tokens issued so far expire. */
  readonly expireTokens: () => void;
  /** Orders something to go wrong. */
  readonly fault: (rule: FaultRule) => { readonly hits: number; readonly end: () => void };
  /** Ends all: connections, runs with their processes, folders. Rejects if the emulator itself has failed. */
  readonly close: () => Promise<void>;
}

/** Azure DevOps as far as a client and a pipeline of ours know it. */
export async function startFakeAzureDevOps(options: FakeAzureDevOpsOptions = {}): Promise<FakeAzureDevOps> {
  const settings = settingsOf(options);
  const directory = await mkdtemp(join(tmpdir(), 'fake-azure-devops-'));
  const closing = new AbortController();
  const server = await openServer(settings);
  const { origin } = server;
  const queue = new PipelineQueue({ settings, origin, directory, closing: closing.signal });
  const credentials = new Credentials(settings.personalAccessTokens, settings.clock);
  const faults = new Faults();
  const seen: SeenRequest[] = [];
  const see = (request: SeenRequest) => seen.push(request);
  const service = serviceOf(settings, queue, origin);
  const tokens = { options: settings.entra, clock: settings.clock, issue: credentials.issue };
  serve(server.serve, { service, credentials, faults, tokens, see, closing: closing.signal });
  const end = async () => {
    closing.abort();
    const [, failures] = await Promise.all([server.close(), queue.ended()]);
    for (const folder of [...queue.folders, directory]) await rm(folder, { recursive: true, force: true });
    if (failures.length > 0) throw new AggregateError(failures, 'the fake Azure DevOps failed');
  };
  let ended: Promise<void> | undefined;
  return {
    url: `${origin}/${settings.organization}`,
    organization: settings.organization,
    project: settings.project,
    pipelineId: settings.pipeline.id,
    authorityUrl: origin,
    tenant: settings.entra.tenant,
    clientId: settings.entra.clientId,
    seen,
    runs: queue.runs,
    issueToken: (seconds = 3_600) => credentials.issue(seconds),
    issuedTokens: () => credentials.issued,
    expireTokens: () => credentials.expireAll(),
    fault: (rule) => faults.add(rule),
    close: () => {
      ended ??= end();
      return ended;
    },
  };
}

function serviceOf(settings: Settings, queue: PipelineQueue, origin: string): Service {
  const { organization, project, pipeline, switches, clock } = settings;
  const { runs, preview } = queue;
  return {
    origin,
    organization,
    project: { id: randomUUID(), name: project },
    pipeline: { id: pipeline.id, name: pipeline.name, revision: 4 },
    runs,
    switches,
    clock,
    preview,
    queue: queue.queue,
  };
}

function serve(to: Awaited<ReturnType<typeof openServer>>['serve'], rest: RestServer): void {
  to((request, response) => {
    answerRest(rest, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end(`emulator: ${error instanceof Error ? error.stack : error}`);
    });
  });
}
