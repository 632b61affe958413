import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, reasonOf } from '../../core/index.ts';
import { neutraliseLine } from '../../progress/index.ts';
import { type AllowedClient, type AllowList, checkGun } from './allow-list.ts';
import type { CarryOut, SignedOrder } from './carry-out.ts';
import { callingClient } from './client-certificate.ts';
import { parseSigningRequest, type SigningOrder } from './parse-signing-request.ts';
import { discardBody, readJsonBody } from './read-body.ts';
import { SigningRefusal } from './signing-refusal.ts';
import type { WorkQueue } from './work-queue.ts';

/** One request, as it went: who asked for what, and what became of it. */
export interface ServiceRecord {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  /** Absent while nobody has proven to be one. */
  readonly client?: string;
  readonly remoteAddress?: string;
  readonly status: number;
  /** Of the refusal. */
  readonly code?: string;
  /** What the client was told, and what it was not told. */
  readonly message?: string;
  readonly cause?: string;
  readonly orders?: readonly Pick<SigningOrder, 'gun' | 'digest' | 'size' | 'tags'>[];
  readonly signed?: readonly SignedOrder[];
  readonly milliseconds: number;
}

export type ServiceLog = (record: ServiceRecord) => void;

export interface DeskOptions {
  readonly path: string;
  readonly bodyBytes: number;
  readonly clients: AllowList;
  readonly checkRate: (client: string) => void;
  readonly queue: WorkQueue;
  readonly carryOut: CarryOut;
  readonly isClosing: () => boolean;
  readonly clock: Clock;
  readonly log: ServiceLog;
}

/** What is found out about a request on its way, for the log. */
type Findings = {
  -readonly [Key in 'client' | 'orders' | 'signed']?: NonNullable<ServiceRecord[Key]>;
};

const healthPath = '/healthz';
/** How much more than allowed is read of a body that is refused. */
const patience = 16;
/** Characters of a path in the log. */
const longestPath = 200;

/** Answers one request after the other; never throws. */
export function signingDesk(desk: DeskOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url === healthPath) {
      respond(desk, response, healthOf(desk, request));
      return;
    }
    const started = desk.clock();
    const findings: Findings = {};
    const outcome = await outcomeOf(desk, request, findings);
    await discardBody(request, desk.bodyBytes * patience);
    respond(desk, response, outcome);
    const { status, refusal } = outcome;
    const { cause } = refusal ?? {};
    desk.log({
      time: started.toISOString(),
      method: request.method ?? '',
      path: neutraliseLine((request.url ?? '').slice(0, longestPath)),
      ...(request.socket.remoteAddress === undefined ? {} : { remoteAddress: request.socket.remoteAddress }),
      status,
      ...(refusal === undefined ? {} : { code: refusal.code, message: neutraliseLine(refusal.message) }),
      ...(cause === undefined ? {} : { cause: reasonOf(cause) }),
      ...findings,
      milliseconds: desk.clock().getTime() - started.getTime(),
    });
  };
}

interface Outcome {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly refusal?: SigningRefusal;
}

async function outcomeOf(desk: DeskOptions, request: IncomingMessage, findings: Findings): Promise<Outcome> {
  try {
    const signatures = await takeOrder(desk, request, findings);
    return { status: 202, body: { signatures } };
  } catch (error) {
    return refused(error instanceof SigningRefusal ? error : unexpected(error));
  }
}

function unexpected(cause: unknown): SigningRefusal {
  return new SigningRefusal('internal', 'the service failed', { cause });
}

function refused(refusal: SigningRefusal): Outcome {
  const { status, code, message, retryAfter } = refusal;
  const headers = {
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    ...(code === 'method-not-allowed' ? { allow: 'POST' } : {}),
  };
  return { status, headers, body: { code, message }, refusal };
}

/** Everything that must hold before something is signed, the cheapest first. */
async function takeOrder(
  desk: DeskOptions,
  request: IncomingMessage,
  findings: Findings,
): Promise<readonly SignedOrder[]> {
  if (desk.isClosing())
    throw new SigningRefusal('shutting-down', 'the service is shutting down', { retryAfter: 5 });
  if (request.url !== desk.path) throw new SigningRefusal('path-unknown', `expected "${desk.path}"`);
  if (request.method !== 'POST') throw new SigningRefusal('method-not-allowed', 'expected POST');
  const client = admit(desk, request, findings);
  const orders = parseSigningRequest(await readJsonBody(request, desk.bodyBytes));
  findings.orders = orders.map(({ gun, digest, size, tags }) => ({ gun, digest, size, tags }));
  for (const { gun } of orders) checkGun(client, gun);
  const signed = await desk.queue(() => desk.carryOut(orders));
  findings.signed = signed;
  return signed;
}

function admit(desk: DeskOptions, { socket }: IncomingMessage, findings: Findings): AllowedClient {
  const { attributes, subject } = callingClient(socket);
  findings.client = subject;
  const client = desk.clients.find(attributes);
  desk.checkRate(client.subject);
  return client;
}

function healthOf(desk: DeskOptions, { method }: IncomingMessage): Outcome {
  if (method !== 'GET' && method !== 'HEAD') {
    const refusal = new SigningRefusal('method-not-allowed', 'expected GET');
    return { ...refused(refusal), headers: { allow: 'GET, HEAD' } };
  }
  const closing = desk.isClosing();
  return { status: closing ? 503 : 200, body: { status: closing ? 'closing' : 'ok' } };
}

/** Where the rest of a request was not read, it goes with the connection. */
function respond(desk: DeskOptions, response: ServerResponse, { status, body, headers }: Outcome): void {
  const connection = response.req.complete && !desk.isClosing() ? {} : { connection: 'close' };
  response.writeHead(status, { 'content-type': 'application/json', ...headers, ...connection });
  response.end(`${JSON.stringify(body)}\n`);
}
