// Signify on this machine, until Ctrl-C. Usage: node test/fakes/signify/main.ts [--port N] [--fault 503,reset,429]
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDevelopmentKeys } from '../../../src/signing/index.ts';
import { type SignifyFault, startFakeSignify } from './fake-signify.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '8443' }, fault: { type: 'string', default: '' } },
});
const faults = values.fault.split(',').map((text): SignifyFault | undefined => {
  if (text === 'reset' || text === 'silence') return text;
  return text === '' ? undefined : { status: Number(text), body: `fault ${text}` };
});

const directory = await mkdtemp(join(tmpdir(), 'fake-signify-'));
await createDevelopmentKeys({
  directory,
  now: new Date(),
  subject: 'C=DE, ST=BW, O=Fake, CN=signify',
  days: 7,
  algorithm: 'P-256',
});
const read = (path: string) => readFile(join(directory, path), 'utf8');
const fake = await startFakeSignify({
  cert: await read('service/certificate.pem'),
  key: await read('service/key.pem'),
  clientCa: await read('service/client-ca.pem'),
  port: Number(values.port),
  fault: (count) => faults[count - 1],
});
process.stdout.write(`endpoint: ${fake.endpoint.href}
secret:   ${join(directory, 'client/signify-secret.json')}
ca:       ${join(directory, 'client/service-ca.pem')}
`);
process.once('SIGINT', async () => {
  await fake.close();
  for (const { client, status, body } of fake.seen) process.stdout.write(`${status} ${client} ${body}\n`);
  await rm(directory, { recursive: true });
});
