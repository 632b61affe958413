// An OIDC issuer on this machine, until Ctrl-C; Enter makes it rotate its key.
// Usage: node test/fakes/oidc-issuer/main.ts [--port N] [--fault 503|reset|silence|huge|html|redirect] [--claim NAME=VALUE]
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createAuthority } from '../signify/authority.ts';
import { type IssuerFault, startFakeIssuer } from './fake-issuer.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9443' },
    fault: { type: 'string' },
    claim: { type: 'string', multiple: true, default: [] },
  },
});
const faults: Readonly<Record<string, IssuerFault>> = {
  reset: 'reset',
  silence: 'silence',
  huge: { status: 200, body: `{"keys":[${'{"kty":"RSA"},'.repeat(100_000)}{"kty":"RSA"}]}` },
  html: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>sign in</html>' },
  redirect: { status: 302, headers: { location: 'https://localhost:1/' } },
};
const { fault } = values;

const authority = await createAuthority('fake issuer');
const directory = await mkdtemp(join(tmpdir(), 'fake-oidc-issuer-'));
const ca = join(directory, 'ca.pem');
await writeFile(ca, authority.ca);
const issuer = await startFakeIssuer({
  authority,
  port: Number(values.port),
  clock: () => new Date(),
  fault: () => (fault === undefined ? undefined : (faults[fault] ?? { status: Number(fault) })),
});
const claims = Object.fromEntries(values.claim.map((text) => text.split(/=(.*)/s, 2)));
const print = () => process.stdout.write(`token for ${issuer.key().jwk.kid}:\n${issuer.token({ claims })}\n`);
process.stdout.write(`issuer: ${issuer.url}
NODE_EXTRA_CA_CERTS=${ca}
ACTIONS_ID_TOKEN_REQUEST_URL='${issuer.requestUrl}'
ACTIONS_ID_TOKEN_REQUEST_TOKEN=${issuer.requestToken}
`);
print();
process.stdin.on('data', () => {
  issuer.rotate();
  print();
});
process.once('SIGINT', async () => {
  await issuer.close();
  await rm(directory, { recursive: true });
  process.exit();
});
