// A git server on this machine, until Ctrl-C. Usage: node test/fakes/git-server/main.ts [--port N] [REPOSITORY…]
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createAuthority } from '../signify/authority.ts';
import { startFakeGitServer } from './fake-git-server.ts';

const { values, positionals } = parseArgs({
  options: { port: { type: 'string', default: '8444' }, token: { type: 'string', default: 'token' } },
  allowPositionals: true,
});

const directory = await mkdtemp(join(tmpdir(), 'fake-git-'));
const { ca, issue } = await createAuthority('git');
await writeFile(join(directory, 'ca.pem'), ca);
await writeFile(join(directory, 'token'), values.token);
const server = await startFakeGitServer({
  ...(await issue({ name: 'localhost', purpose: 'server' })),
  port: Number(values.port),
  login: { username: 'x-access-token', token: values.token },
});
const repositories = positionals.length === 0 ? ['.'] : positionals;
for (const path of repositories) {
  const name = basename(resolve(path));
  execFileSync('git', ['clone', '--quiet', '--bare', path, join(server.root, `local/${name}.git`)]);
  process.stdout.write(`https://${server.host}/local/${name}\n`);
}
process.stdout.write(`source:
  hosts:
    - host: ${server.host}
      ca: ${join(directory, 'ca.pem')}
      token-file: ${join(directory, 'token')}
`);
process.once('SIGINT', async () => {
  await server.close();
  for (const { method, path } of server.seen) process.stdout.write(`${method} ${path}\n`);
  await rm(directory, { recursive: true });
});
