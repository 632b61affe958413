import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { loadServiceConfig, type ServiceConfig } from '../config/index.ts';
import { ImageBuilderError, reasonOf, Secret } from '../core/index.ts';
import { sleep } from '../http/index.ts';
import { manifestMediaTypes } from '../oci/index.ts';
import { type EmitProgress, neutraliseLine, printJson } from '../progress/index.ts';
import { referrerAttacher } from '../registry/index.ts';
import { startSigningService } from '../signing/index.ts';
import type { CommandRun } from './commands.ts';
import { clock, connect } from './connect.ts';
import { embeddedSigner } from './embedded-signer.ts';
import { one } from './one.ts';
import { usageError } from './usage-error.ts';

const signerName = 'signing-service';
/** Milliseconds. Clients wait and try again by themselves; one registry that is down must not keep the others waiting. */
const patience = {
  timeouts: { connect: 5_000, headers: 10_000, body: 20_000 },
  policy: { attempts: 3, deadline: 20_000 },
};

/** Answers requests to sign until Ctrl-C or SIGTERM. Prints one JSON object a line for each request. */
export async function signingService(run: CommandRun): Promise<number> {
  const { args, console, signal } = run;
  const named = one(args, 'config');
  if (named === undefined) throw missingConfig();
  const file = resolve(console.directory, named);
  const config = await loadServiceConfig(file);
  const resolvePath = (path: string) => resolve(dirname(file), path);
  const warn = (message: string) => console.stderr.write(`warning: ${neutraliseLine(message)}\n`);
  const emit: EmitProgress = (event) => {
    if (event.kind === 'notice' && event.level !== 'debug') warn(event.message);
  };
  await using connections = connect(run, { plainHttp: config.plainHttpRegistries, emit, patience });
  const { http, registry } = connections;
  const attach = referrerAttacher({ registry, random: Math.random, sleep });
  const signer = embeddedSigner({
    ...{ name: signerName, config: config.signer, resolvePath, http, registry, attach, warn },
    signal: undefined,
  });
  await signer.check();
  const service = await startSigningService({
    listen: { ...config.listen, path: config.path },
    tls: await readTls(config, resolvePath),
    allow: config.allow.map(({ subject, guns }) => ({ subject, gunPrefixes: guns })),
    limits: limitsOf(config),
    resolve: async (repository, digest) => {
      const found = await registry.findManifest(repository, digest);
      return found && manifestMediaTypes.includes(found.descriptor.mediaType) ? found.descriptor : undefined;
    },
    sign: (target) => signer.sign(target),
    clock,
    log: (record) => console.stdout.write(printJson(record)),
  });
  console.stderr.write(`signs what is posted to ${new URL(config.path, service.address)} until Ctrl-C\n`);
  await aborted(signal);
  console.stderr.write('ending: requests that run are let come to their end\n');
  await service.close();
  return 0;
}

function missingConfig(): ImageBuilderError {
  const message = 'the configuration of the signing service is not named';
  const hint = 'name it with --config; "image-builder keys create DIRECTORY" makes one for trying out';
  return usageError('--config', message, hint);
}

async function readTls({ tls }: ServiceConfig, resolvePath: (path: string) => string) {
  const read = async (key: string, path: string) => {
    try {
      return await readFile(resolvePath(path), 'utf8');
    } catch (cause) {
      const message = `"${path}" cannot be read: ${reasonOf(cause)}`;
      const problems = [{ message, path: `tls.${key}` }];
      throw new ImageBuilderError('config.invalid', `tls.${key}: ${message}`, { problems }, { cause });
    }
  };
  const [cert, key, clientCa] = await Promise.all([
    read('cert', tls.cert),
    read('key', tls.key),
    read('client-ca', tls.clientCa),
  ]);
  return { cert, key: new Secret(key), clientCa };
}

function limitsOf({ limits }: ServiceConfig) {
  const { requestsPerMinute, concurrent, waiting, requestTimeout, shutdownTimeout } = limits;
  return {
    ...{ requestsPerMinute, concurrent, waiting },
    requestMilliseconds: requestTimeout * 1000,
    shutdownMilliseconds: shutdownTimeout * 1000,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
