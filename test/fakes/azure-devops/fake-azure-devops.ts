import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntraOptions } from './entra/entra-options.ts';
import { type GroupValue, type PipelineOptions, type PoolOptions, realTimes, type Times } from './options.ts';
import { PipelineQueue } from './pipeline-queue.ts';
import { Credentials } from './rest/credentials.ts';
import { type FaultRule, Faults } from './rest/faults.ts';
import { answerRest, type SeenRequest } from './rest/rest-server.ts';
import type { Service } from './rest/service.ts';
import type { Run, RunRequest } from './runs/run.ts';
import type { RunScript } from './runs/run-script.ts';
import { defaultSwitches, type Switches } from './switches.ts';

export interface FakeAzureDevOpsOptions {
  readonly port?: number;
  /** Makes it https. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly organization?: string;
  readonly project?: string;
  readonly pipeline?: PipelineOptions;
  readonly pools?: Readonly<Record<string, PoolOptions>>;
  /** Variable groups, by name. */
  readonly variableGroups?: Readonly<Record<string, Readonly<Record<string, GroupValue>>>>;
  /** Personal access tokens that are taken. */
  readonly personalAccessTokens?: readonly string[];
  /** The tenant whose tokens are taken. */
  readonly entra?: EntraOptions;
  /** What runs follow in the place of the pipeline file; `undefined` for the file. */
  readonly script?: (request: RunRequest) => RunScript | undefined;
  readonly switches?: Partial<Switches>;
  readonly times?: Partial<Times>;
  /** Jobs at once in all pools. */
  readonly parallelJobs?: number;
  /** Of a page of a log; the agent's 8 MiB when left out. */
  readonly pageBytes?: number;
  readonly clock?: () => Date;
}

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
  /** All requests to the service, in the order of their coming. */
  readonly seen: readonly SeenRequest[];
  readonly runs: ReadonlyMap<number, Run>;
  /** A bearer token, good for an hour if nothing else is said. */
  readonly issueToken: (seconds?: number) => string;
  /** All bearer tokens that it ever gave out. */
  readonly issuedTokens: () => readonly string[];
  /** All bearer tokens issued so far expire. */
  readonly expireTokens: () => void;
  /** Orders something to go wrong. */
  readonly fault: (rule: FaultRule) => { readonly hits: number; readonly end: () => void };
  /** Ends all: connections, runs with their processes, folders. */
  readonly close: () => Promise<void>;
}

/** Azure DevOps as far as a client and a pipeline of ours know it. */
export async function startFakeAzureDevOps(options: FakeAzureDevOpsOptions = {}): Promise<FakeAzureDevOps> {
  const { organization = 'contoso', project = 'images', clock = () => new Date() } = options;
  const directory = await mkdtemp(join(tmpdir(), 'fake-azure-devops-'));
  await mkdir(join(directory, 'artifacts'));
  const closing = new AbortController();
  const listener: { answer: RequestListener } = { answer: (_, response) => void response.destroy() };
  const server = await listen(options, (request, response) => listener.answer(request, response));
  const origin = `${options.tls ? 'https://localhost' : 'http://127.0.0.1'}:${(server.address() as AddressInfo).port}`;
  const switches = { ...defaultSwitches, ...options.switches };
  const queue = new PipelineQueue({
    origin,
    organization,
    project,
    directory,
    pipeline: options.pipeline ?? {},
    pools: options.pools ?? {},
    groups: options.variableGroups ?? {},
    switches,
    times: { ...realTimes, ...options.times },
    parallelJobs: options.parallelJobs ?? 10,
    pageBytes: options.pageBytes ?? 8 * 1024 * 1024,
    clock,
    closing: closing.signal,
    readFile: (path) => readFileSync(path, 'utf8'),
    script: options.script ?? (() => undefined),
  });
  const service: Service = {
    origin,
    organization,
    project: { id: randomUUID(), name: project },
    pipeline: { id: queue.pipelineId, name: queue.pipelineName, revision: 4 },
    runs: queue.runs,
    switches,
    clock,
    preview: queue.preview,
    queue: queue.queue,
  };
  const credentials = new Credentials(options.personalAccessTokens ?? [], clock);
  const faults = new Faults();
  const seen: SeenRequest[] = [];
  const entra = { tenant: 'tenant-of-the-emulator', clientId: 'client-of-the-emulator', ...options.entra };
  const rest = {
    service,
    credentials,
    faults,
    tokens: { options: entra, clock, issue: (seconds: number) => credentials.issue(seconds) },
    see: (one: SeenRequest) => seen.push(one),
    closing: closing.signal,
  };
  listener.answer = (request, response) => {
    answerRest(rest, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end(`emulator: ${error instanceof Error ? error.stack : error}`);
    });
  };
  return {
    url: `${origin}/${organization}`,
    organization,
    project,
    pipelineId: queue.pipelineId,
    authorityUrl: origin,
    tenant: entra.tenant,
    clientId: entra.clientId,
    seen,
    runs: queue.runs,
    issueToken: (seconds = 3_600) => credentials.issue(seconds),
    issuedTokens: () => credentials.issued,
    expireTokens: () => credentials.expireAll(),
    fault: (rule) => faults.add(rule),
    close: async () => {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, queue.ended()]);
      for (const folder of [...queue.folders, directory]) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listen({ port = 0, tls }: FakeAzureDevOpsOptions, answer: RequestListener): Promise<Server> {
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
