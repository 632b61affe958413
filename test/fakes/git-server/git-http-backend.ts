import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGunzip } from 'node:zlib';

export interface GitExchange {
  /** Folder of the repositories. */
  readonly root: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Commit ids of the same length: who asks for the one gets the other. */
  readonly exchanged?: { readonly wanted: string; readonly sent: string } | undefined;
}

/** Has git itself answer a request, by the Common Gateway Interface (RFC 3875). */
export function serveGit({ root, request, response, exchanged }: GitExchange): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const { headers } = request;
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      ...(headers['git-protocol'] === undefined ? {} : { GIT_PROTOCOL: String(headers['git-protocol']) }),
      REQUEST_METHOD: request.method,
      PATH_INFO: path,
      QUERY_STRING: query,
      CONTENT_TYPE: headers['content-type'],
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  void bodyOf(request).then((body) => {
    const text = exchanged === undefined ? body : replaceIn(body, exchanged);
    child.stdin.end(text);
  });
  relay(child.stdout, response);
  response.on('close', () => child.kill());
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const plain = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
  const chunks: Buffer[] = [];
  for await (const chunk of plain) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function replaceIn(body: Buffer, { wanted, sent }: NonNullable<GitExchange['exchanged']>): Buffer {
  return Buffer.from(body.toString('latin1').replaceAll(wanted, sent), 'latin1');
}

function relay(stdout: NodeJS.ReadableStream, response: ServerResponse): void {
  let head = Buffer.alloc(0);
  let begun = false;
  stdout.on('data', (chunk: Buffer) => {
    if (begun) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    begun = true;
    const fields = head.subarray(0, end).toString('latin1').split('\r\n').map(field);
    const status = fields.find(([name]) => name === 'status')?.[1];
    response.writeHead(
      status === undefined ? 200 : Number.parseInt(status, 10),
      Object.fromEntries(fields.filter(([name]) => name !== 'status')),
    );
    response.write(head.subarray(end + 4));
  });
  stdout.on('end', () => {
    if (begun) response.end();
    else response.writeHead(500).end('git http-backend said nothing');
  });
}

function field(line: string): readonly [name: string, value: string] {
  const split = line.indexOf(':');
  return [line.slice(0, split).toLowerCase(), line.slice(split + 1).trim()];
}
