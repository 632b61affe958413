import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsIdentity } from '../signify/authority.ts';
import { storedZip } from './stored-zip.ts';

/** The one private module, and its version. */
export const privateModule = { path: 'private.example.com/team/lib', version: 'v1.0.0' } as const;

export interface ModuleServerOptions extends TlsIdentity {
  readonly login: { readonly username: string; readonly token: string };
  /** Waited for before the content of the module is given out. */
  readonly onContent: () => void | Promise<void>;
}

export interface ModuleServer {
  readonly port: number;
  /** Path and status of every request in its order. */
  readonly seen: readonly (readonly [path: string, status: number])[];
  readonly close: () => Promise<void>;
}

/** Serves a private Go module to its login alone, on every address, by the protocol of https://go.dev/ref/mod#goproxy-protocol. */
export async function startModuleServer(options: ModuleServerOptions): Promise<ModuleServer> {
  const { cert, key, login, onContent } = options;
  const answers = moduleFiles();
  const wanted = `Basic ${Buffer.from(`${login.username}:${login.token}`).toString('base64')}`;
  const seen: (readonly [string, number])[] = [];
  const server = createServer({ cert, key }, async (request, response) => {
    const path = request.url ?? '';
    const file = answers.get(path);
    const status = request.headers.authorization !== wanted ? 401 : file === undefined ? 404 : 200;
    seen.push([path, status]);
    if (status === 200 && path.endsWith('.zip')) await onContent();
    response.writeHead(status).end(status === 200 ? file : undefined);
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function moduleFiles(): ReadonlyMap<string, string | Buffer> {
  const { path, version } = privateModule;
  const [base, mod] = [`/${path}/@v`, `module ${path}\n\ngo 1.22\n`];
  const zip = storedZip({
    [`${path}@${version}/go.mod`]: mod,
    [`${path}@${version}/lib.go`]: 'package lib\n\nconst Word = "private"\n',
  });
  return new Map<string, string | Buffer>([
    [`${base}/list`, `${version}\n`],
    [`${base}/${version}.info`, JSON.stringify({ Version: version, Time: '2021-09-30T12:00:00Z' })],
    [`${base}/${version}.mod`, mod],
    [`${base}/${version}.zip`, zip],
  ]);
}
