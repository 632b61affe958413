import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secret } from '../core/index.ts';
import type { Run } from './run.ts';

/** How `go` and the git that it calls log in to a host. Host and user name are each one word. */
export interface GoLogin {
  /** `host` or `host:port`. */
  readonly host: string;
  readonly username: string;
  readonly token: Secret;
}

/** Where the logins of a build are while it runs. */
export function goNetrcPath(workFolder: string): string {
  return join(workFolder, 'go-netrc');
}

/**
 * Writes the logins where only we and the engine's client can read them, if the plan has the build get them; disposing
 * of the result removes them.
 */
export async function placeGoNetrc({ plan, ports, workFolder }: GoNetrcInputs): Promise<AsyncDisposable> {
  const path = goNetrcPath(workFolder);
  if (plan.secrets.some(({ kind }) => kind === 'go-modules')) {
    const lines = (await ports.goLogins()).flatMap(netrcLines);
    await writeFile(path, lines.join(''), { mode: 0o600, flag: 'wx' });
  }
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

type GoNetrcInputs = Pick<Run, 'plan' | 'workFolder'> & { readonly ports: Pick<Run['ports'], 'goLogins'> };

/** A host with a port is named twice: `go` looks for it with the port since 1.24, git and curl without. */
function netrcLines({ host, username, token }: GoLogin): readonly string[] {
  const names = new Set([host, host.replace(/:.*$/, '')]);
  return [...names].map((name) => `machine ${name} login ${username} password ${token.reveal()}\n`);
}
