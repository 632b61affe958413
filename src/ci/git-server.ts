import { ImageBuilderError, Secret } from '../core/index.ts';

/** A git server that may be called, over https. */
export interface GitServer {
  /** `host` or `host:port`. */
  readonly host: string;
  readonly username: string;
  /** Without one only what is public can be read. */
  readonly token?: Secret | undefined;
  /** The only authorities that are believed, as PEM and as the file that holds it. */
  readonly ca?: { readonly path: string; readonly pem: string } | undefined;
}

/** The server of a host. Throws `policy.denied` for one that is not configured. */
export function serverOf(servers: readonly GitServer[], host: string): GitServer {
  const server = servers.find((each) => each.host === host);
  if (server !== undefined) return server;
  const message = `source is not fetched from "${host}"`;
  const hint = `hosts that may be called: ${servers.map((each) => each.host).join(', ')}; see "source.hosts"`;
  throw new ImageBuilderError('policy.denied', message, { rule: 'source.hosts' }, { hint });
}

/** The value of the header that logs in; undefined without a token. */
export function authorizationOf({ username, token }: GitServer): Secret | undefined {
  if (token === undefined) return undefined;
  const pair = Buffer.from(`${username}:${token.reveal()}`).toString('base64');
  return new Secret(`Basic ${pair}`);
}
