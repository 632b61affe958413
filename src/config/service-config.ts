import { isIPv6 } from 'node:net';
import * as z from 'zod/mini';
import { deepFreeze } from '../core/index.ts';
import { fileProblems, invalid, jitless } from './check-document.ts';
import { distinct, expecting, listOf, parsed, required, section, withDefault } from './fields.ts';
import { readConfigFile } from './find-config-file.ts';
import { duration, registryHost, repository, text, wholeNumber } from './scalars.ts';
import type { DeepReadonly } from './settings-schema.ts';
import { embeddedSigner } from './signing-key.ts';
import { parseYaml } from './yaml-document.ts';

const listen = parsed(z.string(), readListen, {
  expected: 'an address and a port, such as "127.0.0.1:8443"',
  title: 'address and port',
});

function readListen(untrustedText: string): { host: string; port: number } | undefined {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]+)\]|([A-Za-z0-9.-]+)):([0-9]{1,5})$/.exec(untrustedText) ?? [];
  const [host, port] = [bracketed ?? plain, Number(digits)];
  if (host === undefined || port > 65_535 || (bracketed !== undefined && !isIPv6(bracketed)))
    return undefined;
  return { host, port };
}

const path = expecting(z.string().check(z.regex(/^(?!\/healthz$)(?:\/[A-Za-z0-9._-]+)+$/)), {
  expected: 'a path such as "/sign", other than "/healthz"',
  title: 'path',
});

const tls = section({
  cert: required(text, {
    description: 'PEM file with the certificate of the service and its intermediates.',
  }),
  key: required(text, { description: 'PEM file with its private key.' }),
  'client-ca': required(text, {
    description: 'PEM file with the authorities whose client certificates are believed.',
  }),
});

const client = section({
  subject: required(text, {
    description: 'Whole subject of the client certificate, its attributes in any order.',
    examples: ['C=DE, O=Example, CN=image-builder'],
  }),
  guns: required(listOf(repository, 'a list of registries or repositories'), {
    description: 'What the client may have signed: each repository, or registry, and what is below it.',
  }),
});

const limits = section({
  'requests-per-minute': withDefault(wholeNumber(1, 1_000_000), 600, {
    description: 'How many requests one client may send in a minute.',
  }),
  concurrent: withDefault(wholeNumber(1, 1_000), 8, {
    description: 'How many requests are carried out at a time.',
  }),
  waiting: withDefault(wholeNumber(0, 100_000), 256, {
    description: 'How many requests may wait for their turn.',
  }),
  'request-timeout': withDefault(duration, '30s', {
    description: 'Longest time for a request to arrive.',
  }),
  'shutdown-timeout': withDefault(duration, '20s', {
    description: 'Longest time that running requests have when the service is ended.',
  }),
});

/** Everything that the file of the signing service can say. */
export const serviceConfigFile = section({
  listen: withDefault(listen, '127.0.0.1:8443', { description: 'Where the service listens.' }),
  path: withDefault(path, '/sign', { description: 'Path that requests to sign are posted to.' }),
  tls: required(tls, { description: 'Who the service is, and whom it talks to.' }),
  signer: required(embeddedSigner(), { description: 'What the service signs with.' }),
  allow: required(
    expecting(
      z.array(client).check(
        z.minLength(1),
        distinct(({ subject }) => subject),
      ),
      {
        expected: 'a list of clients, each with "subject" and "guns"',
      },
    ),
    { description: 'Clients, and what each may have signed.' },
  ),
  limits: withDefault(limits, {}, { description: 'What clients can cost the service.' }),
  'plain-http-registries': withDefault(listOf(registryHost, 'a list of registries'), [], {
    description: 'Registries that speak plain HTTP; those on loopback do so anyway.',
  }),
});

/** The configuration of the signing service: every default applied, durations in seconds, frozen. */
export type ServiceConfig = DeepReadonly<z.output<typeof serviceConfigFile>>;

/** Reads and checks the file as a whole. Throws `config.invalid` with every problem, or `config.not-found`. */
export async function loadServiceConfig(file: string): Promise<ServiceConfig> {
  const { text: content } = await readConfigFile(file, 'named by --config');
  const found = parseYaml(content, file);
  if (found.kind === 'refused') throw invalid(file, found.problems);
  const problems = [...found.problems, ...fileProblems(serviceConfigFile, found.document)];
  if (problems.length > 0) throw invalid(file, problems);
  return deepFreeze(z.parse(serviceConfigFile, found.document.tree, jitless));
}
