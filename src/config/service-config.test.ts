import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fromJSONSchema } from 'zod';
import { type ImageBuilderError, isFailure } from '../core/index.ts';
import { serviceConfigSchema } from './config-schema.ts';
import { serviceConfigurationMarkdown } from './configuration-markdown.ts';
import { printed } from './load-for-test.ts';
import { loadServiceConfig, type ServiceConfig } from './service-config.ts';

const smallest = `
tls: {cert: c.pem, key: k.pem, client-ca: ca.pem}
signer: {key: s.pem, chain: chain.pem}
allow:
  - subject: CN=ci
    guns: [registry.example.com/team]
`;

async function load(text: string): Promise<ServiceConfig> {
  const directory = await mkdtemp(join(tmpdir(), 'service-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 's.yaml');
  await writeFile(file, text);
  return loadServiceConfig(file);
}

async function problemsOf(text: string): Promise<readonly string[]> {
  const error: unknown = await load(text).catch((caught: unknown) => caught);
  if (!isFailure(error, 'config.invalid')) throw new Error('expected config.invalid', { cause: error });
  return (error as ImageBuilderError<'config.invalid'>).details.problems.map(printed);
}

describe('the file of the signing service', () => {
  test('needs to say who, with what and for whom, and nothing else', async () => {
    expect(await load(smallest)).toEqual({
      listen: { host: '127.0.0.1', port: 8443 },
      path: '/sign',
      tls: { cert: 'c.pem', key: 'k.pem', clientCa: 'ca.pem' },
      signer: { key: 's.pem', chain: 'chain.pem', format: 'jws' },
      allow: [{ subject: 'CN=ci', guns: ['registry.example.com/team'] }],
      limits: {
        requestsPerMinute: 600,
        concurrent: 8,
        waiting: 256,
        requestTimeout: 30,
        shutdownTimeout: 20,
      },
      plainHttpRegistries: [],
    });
  });

  test('cannot be changed by the program', async () => {
    const { allow } = await load(smallest);
    expect(Object.isFrozen(allow[0])).toBe(true);
  });

  test.each([
    ['0.0.0.0:443', { host: '0.0.0.0', port: 443 }],
    ['[::1]:8443', { host: '::1', port: 8443 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
  ])('may say to listen on %s', async (listen, expected) => {
    expect((await load(`${smallest}listen: "${listen}"`)).listen).toEqual(expected);
  });

  const listenRule = 'an address and a port, such as "127.0.0.1:8443"';

  test.each([
    [
      'nothing',
      '',
      [
        '1:1 tls: required key "tls" is missing (expected a mapping with "cert", "key", "client-ca")',
        '1:1 signer: required key "signer" is missing (expected a mapping with "key", "chain", "format", "timestamp-url", "timestamp-roots")',
        '1:1 allow: required key "allow" is missing (expected a list of clients, each with "subject" and "guns")',
      ],
    ],
    ['a port alone', `${smallest}listen: 8443`, [`7:9 listen: expected ${listenRule}, got 8443`]],
    ['no port', `${smallest}listen: localhost`, [`7:9 listen: expected ${listenRule}, got "localhost"`]],
    ['a port too far', `${smallest}listen: a:65536`, [`7:9 listen: expected ${listenRule}, got "a:65536"`]],
    [
      'the path of its health',
      `${smallest}path: /healthz`,
      ['7:7 path: expected a path such as "/sign", other than "/healthz", got "/healthz"'],
    ],
    [
      'nobody that is allowed',
      smallest.replace(/allow:[\s\S]*/, 'allow: []'),
      ['4:8 allow: expected a list of clients, each with "subject" and "guns", got an empty list'],
    ],
    [
      'a client twice',
      `${smallest}  - {subject: CN=ci, guns: [r.io]}`,
      ['7:5 allow[1]: "CN=ci" is given twice'],
    ],
    [
      'a GUN without a registry',
      smallest.replace('registry.example.com/', ''),
      [
        '6:12 allow[0].guns[0]: expected a repository with its registry, such as "registry.example.com/team/images", got "team"',
      ],
    ],
    [
      'a signer of its own kind',
      smallest.replace('{key: s', '{type: notation, key: s'),
      [
        '3:10 signer.type: unknown key "type" (known keys: key, chain, format, timestamp-url, timestamp-roots)',
      ],
    ],
    [
      'no requests at all',
      `${smallest}limits: {requests-per-minute: 0}`,
      ['7:31 limits.requests-per-minute: expected a whole number from 1 to 1000000, got 0'],
    ],
    [
      'a key given twice',
      `${smallest}path: /a\npath: /b`,
      ['8:1 key "path" is given twice (it stands on line 7 already)'],
    ],
    ['a list', '- tls', ['1:1 expected a mapping of settings, got a list (write "name: value" lines)']],
  ])('with %s is refused', async (_, text, problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  test('that is not there is named', async () => {
    await expect(loadServiceConfig('/nowhere/s.yaml')).rejects.toMatchObject({
      code: 'config.not-found',
      message: 'configuration "/nowhere/s.yaml" cannot be read: there is no such file',
    });
  });

  test('has a schema for editors and a reference for people', () => {
    const accepts = (value: unknown) =>
      fromJSONSchema(serviceConfigSchema() as never).safeParse(value).success;
    const tls = { cert: 'c', key: 'k', 'client-ca': 'a' };
    const config = { tls, signer: { key: 'k', chain: 'c' }, allow: [{ subject: 'CN=a', guns: ['r.io'] }] };
    expect(accepts(config)).toBe(true);
    expect(accepts({ ...config, 'client-ca': 'x' })).toBe(false);
    expect(serviceConfigurationMarkdown().split('\n')).toEqual(
      expect.arrayContaining([
        '| `listen` | address and port | `127.0.0.1:8443` | Where the service listens. |',
        '| `signer.chain` | text | required | PEM file with the certificates of the key: leaf first, root last. |',
        '| `allow[].subject` | text | required | Whole subject of the client certificate, its attributes in any order. Example: `C=DE, O=Example, CN=image-builder` |',
        '| `limits.waiting` | 0 to 100000 | `256` | How many requests may wait for their turn. |',
      ]),
    );
  });
});
