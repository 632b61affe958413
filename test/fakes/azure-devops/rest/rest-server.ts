import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '../../registry/local-server.ts';
import { issueToken, type TokenIssuer } from '../entra/issue-token.ts';
import { apiVersionOf } from './api-version.ts';
import { buildRoutes } from './build-routes.ts';
import type { Credentials } from './credentials.ts';
import { faultAnswer, throttleHeaders } from './fault-answers.ts';
import type { Fault, Faults } from './faults.ts';
import { locationRoutes } from './location-routes.ts';
import { pipelineRoutes } from './pipeline-routes.ts';
import { errorBody, Refusal, type RestAnswer, unknownRoute, unknownToEmulator } from './refusal.ts';
import { responseHeaders } from './response-headers.ts';
import { matchRoute, type Route } from './route.ts';
import type { Service } from './service.ts';
import { refuseToken } from './sign-in.ts';

const projectRoutes: readonly Route[] = [...pipelineRoutes, ...buildRoutes];

/** One request that arrived. */
export interface SeenRequest {
  readonly method: string;
  /** With its query, without the organization. */
  readonly path: string;
  readonly time: Date;
}

export interface RestServer {
  readonly service: Service;
  readonly credentials: Credentials;
  readonly faults: Faults;
  /** Of Entra, which is served by the same server. */
  readonly tokens: TokenIssuer;
  readonly see: (request: SeenRequest) => void;
  /** Aborts when the server ends. */
  readonly closing: AbortSignal;
}

/** Answers one request to the service, or does to it what a fault says. */
export async function answerRest(
  server: RestServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { service, faults } = server;
  const url = new URL(request.url ?? '/', service.origin);
  const method = request.method ?? 'GET';
  const path = `${url.pathname}${url.search}`.replace(`/${service.organization}/`, '/');
  server.see({ method, path, time: service.clock() });
  const fault = faults.take(method, path);
  const body = await bodyOf(request);
  if (fault?.kind === 'dropped' && !fault.executed) return void request.socket.destroy();
  const delay = fault?.kind === 'slow' ? wait(fault.milliseconds, server.closing) : undefined;
  if (fault?.kind === 'slow' && !fault.executed) await delay;
  const instead = fault && faultAnswer(fault, service.origin, service.clock());
  const answer = instead ?? (await judged(server, { request, url, body }));
  if (fault?.kind === 'dropped') return void request.socket.destroy();
  await delay;
  await send(response, answer, { fault, version: versionToEcho(request, url), now: service.clock() });
}

interface Incoming {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
}

async function judged(server: RestServer, incoming: Incoming): Promise<RestAnswer> {
  const { service, credentials } = server;
  const tenant = tokenPath.exec(incoming.url.pathname)?.[1];
  if (tenant !== undefined) return tokenAnswer(server, tenant, incoming);
  const refused = refuseToken(incoming.request, credentials, service);
  if (refused !== undefined) return refused;
  try {
    return routed(service, incoming);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, body: errorBody(error) };
  }
}

const tokenPath = /^\/([^/]+)\/oauth2\/v2\.0\/token$/;

async function tokenAnswer(
  { tokens }: RestServer,
  tenant: string,
  { request, body }: Incoming,
): Promise<RestAnswer> {
  if (request.method !== 'POST') return { status: 405 };
  const contentType = request.headers['content-type'];
  const answer = await issueToken({ tenant, contentType, body: body.toString() }, tokens);
  return { ...answer, contentType: 'application/json; charset=utf-8' };
}

function routed(service: Service, { request, url, body }: Incoming): RestAnswer {
  const segments = url.pathname.split('/').slice(1).map(decodeURIComponent);
  const apis = segments.findIndex((segment) => segment.toLowerCase() === '_apis');
  const [organization = '', project] = segments.slice(0, apis);
  if (apis < 1 || apis > 2 || organization.toLowerCase() !== service.organization.toLowerCase())
    return unknownRoute(url.pathname);
  if (project !== undefined) checkProject(project, service);
  const below = segments.slice(apis + 1);
  const routes = project === undefined ? locationRoutes : projectRoutes;
  const path = below.length === 0 ? [''] : below;
  const matching = routes.filter((route) => matchRoute(route.pattern, path) !== undefined);
  const route = matching.find(({ method }) => method === request.method);
  if (matching.length === 0) return unknownRoute(url.pathname);
  if (route === undefined)
    return {
      status: 405,
      body: { message: `The requested resource does not support http method '${request.method}'.` },
    };
  apiVersionOf(request, url.searchParams);
  for (const name of url.searchParams.keys())
    if (name !== 'api-version' && !route.query.includes(name))
      throw unknownToEmulator(`the query parameter "${name}" of ${route.method} ${route.pattern}`);
  const values = matchRoute(route.pattern, path) ?? {};
  return route.answer({ service, request, path: values, query: url.searchParams, body });
}

function checkProject(name: string, { project }: Service): void {
  if ([project.id, project.name.toLowerCase()].includes(name.toLowerCase())) return;
  throw new Refusal(
    404,
    'ProjectDoesNotExistWithNameException',
    `TF200016: The following project does not exist: ${name}. Verify that the name of the project is correct and that ` +
      'the project exists on the specified Azure DevOps Server.',
  );
}

/** Every answer echoes the version that was asked for, even one that refuses it. */
function versionToEcho(request: IncomingMessage, url: URL): string {
  try {
    return apiVersionOf(request, url.searchParams);
  } catch {
    return '7.1';
  }
}

interface Sending {
  readonly fault: Fault | undefined;
  readonly version: string;
  readonly now: Date;
}

async function send(
  response: ServerResponse,
  answer: RestAnswer,
  { fault, version, now }: Sending,
): Promise<void> {
  const { status, headers = {}, body } = answer;
  const contentType = answer.contentType ?? `application/json; charset=utf-8; api-version=${version}`;
  const pieces = piecesOf(body);
  response.writeHead(status, {
    ...responseHeaders(randomUUID()),
    ...(body !== undefined && { 'content-type': contentType }),
    ...(fault?.kind === 'warned' && throttleHeaders(fault.retryAfter, now)),
    ...headers,
  });
  if (fault?.kind === 'truncated') return truncate(response, pieces);
  for (const piece of pieces) if (!response.write(piece)) await once(response, 'drain');
  response.end();
}

function piecesOf(body: unknown): Iterable<string | Uint8Array> {
  if (body === undefined) return [];
  if (typeof body === 'string' || body instanceof Uint8Array) return [body];
  if (isIterator(body)) return body;
  return [JSON.stringify(body)];
}

function isIterator(body: unknown): body is Iterable<string> {
  return typeof body === 'object' && body !== null && !Array.isArray(body) && Symbol.iterator in body;
}

/** Says that there is more, sends half of the first piece, and ends the connection. */
function truncate(response: ServerResponse, pieces: Iterable<string | Uint8Array>): void {
  const [first = ''] = [...pieces].filter((piece) => piece.length > 1);
  response.write(first.slice(0, Math.floor(first.length / 2)), () => response.destroy());
}

function wait(milliseconds: number, closing: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    closing.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
