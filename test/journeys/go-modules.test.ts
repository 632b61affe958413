import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { privateModule, startModuleServer } from '../fakes/go-modules/module-server.ts';
import { createAuthority } from '../fakes/signify/authority.ts';
import {
  build,
  busybox,
  checkout,
  compilerImage,
  docker,
  type Ended,
  imageBuilder,
  layersOf,
  registry,
  temporary,
  temporaryFolder,
  uniqueName,
} from './stage.ts';
import { holdsSecret, storedContent } from './stored-content.ts';

const token = 'planted/GO+token-5b1e77';

/** Uses the logins as docs/private-go-modules.md shows it. */
const goodSteps = `RUN --mount=type=secret,id=go-netrc,target=/root/.netrc,required=true go mod download all
RUN --mount=type=secret,id=go-netrc,target=/root/.netrc,required=true go mod vendor
RUN grep -q private vendor/private.example.com/team/lib/lib.go && test ! -s /root/.netrc
`;

/** Does with them what nobody should: one layer of the image, one of the cache alone, the log. */
const leakySteps = `${goodSteps}RUN --mount=type=secret,id=go-netrc,target=/root/.netrc cp /root/.netrc vendor/leak
RUN --mount=type=secret,id=go-netrc,target=/root/.netrc base64 /root/.netrc > /leak
RUN --mount=type=secret,id=go-netrc,target=/root/.netrc cat /root/.netrc
`;

interface Stage {
  readonly folder: string;
  readonly name: string;
  /** What was seen of this machine while the module was asked for. */
  readonly processes: readonly string[];
  readonly files: readonly { readonly path: string; readonly mode: number; readonly content: string }[];
  readonly served: readonly (readonly [path: string, status: number])[];
}

/** A checkout that needs a private module, and the server that gives it out to the token alone. */
async function openStage(steps: string): Promise<Stage> {
  const gateway = await docker(
    'network',
    'inspect',
    'bridge',
    '--format',
    '{{(index .IPAM.Config 0).Gateway}}',
  );
  const { ca, issue } = await createAuthority('modules');
  const [processes, files]: [string[], Stage['files'][number][]] = [[], []];
  const server = await startModuleServer({
    ...(await issue({ name: 'modules', purpose: 'server', hosts: [gateway] })),
    login: { username: 'x-access-token', token },
    onContent: () => {
      processes.push(execFileSync('ps', ['axeww', '-o', 'args'], { encoding: 'utf8' }));
      files.push(...netrcFiles());
    },
  });
  onTestFinished(server.close);
  const name = uniqueName('modules');
  const tokenFile = join(temporaryFolder(), 'token');
  writeFileSync(tokenFile, `${token}\n`);
  const folder = await checkout({
    Dockerfile: `FROM ${compilerImage} AS build
ARG GOPRIVATE
ENV GOPROXY=https://${gateway}:${server.port} GONOPROXY=none SSL_CERT_FILE=/src/ca.pem CGO_ENABLED=0
COPY . .
${steps}FROM ${busybox}
COPY --from=build /src/vendor /vendor
`,
    'go.mod': `module app\n\ngo 1.22\n\nrequire ${privateModule.path} ${privateModule.version}\n`,
    'main.go': `package main\n\nimport "${privateModule.path}"\n\nfunc main() { println(lib.Word) }\n`,
    'ca.pem': ca,
    'image-builder.yaml': `dev-registry: ${registry}/go
provenance: max
cache: { enabled: true, cache-repo: ${registry}/go-cache }
go-modules:
  private: ['private.example.com/*']
  hosts: [{ host: '${gateway}:${server.port}', token-file: '${tokenFile}' }]
`,
  });
  return { folder, name, processes, files, served: server.seen };
}

function netrcFiles(): Stage['files'] {
  const names = readdirSync(temporary, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('go-netrc'))
    .map((name) => join(temporary, name))
    .map((path) => ({ path, mode: statSync(path).mode & 0o777, content: readFileSync(path, 'utf8') }));
}

interface Traces {
  readonly image: readonly string[];
  readonly cache: readonly string[];
  readonly output: boolean;
  readonly report: boolean;
  readonly processes: boolean;
}

/** Builds, and looks for the token in everything that the build wrote. */
async function traces(stage: Stage, ...args: readonly string[]): Promise<Ended & { readonly found: Traces }> {
  const reportFile = join(temporaryFolder(), 'report.json');
  const options = [
    '--use-go-internal-sap-modules',
    '--platform',
    'linux/amd64',
    '--progress=plain',
    '--debug',
  ];
  const ended = await build(['--name', stage.name, '--build-report-path', reportFile, ...options, ...args], {
    cwd: stage.folder,
  });
  if (ended.exitCode !== 0) throw new Error(ended.stderr);
  // The compiler is large, and older than the secret.
  const compiler = await layersOf(compilerImage, '--platform', 'linux/amd64');
  const before = new Set(compiler.map(({ digest }) => digest));
  const image = await storedContent(`${registry}/go/${stage.name}`, ended.report.digest, before);
  const cacheTags = await cachedTags(stage.name);
  const cache = await Promise.all(
    cacheTags.map((tag) => storedContent(`${registry}/go-cache/local/${stage.name}`, tag, before)),
  );
  const kinds = (contents: typeof image) => [
    ...new Set(contents.filter(({ bytes }) => holdsSecret(bytes, token)).map(({ mediaType }) => mediaType)),
  ];
  expect(image.map(({ mediaType }) => mediaType)).toContain('application/vnd.in-toto+json');
  return {
    ...ended,
    found: {
      image: kinds(image).sort(),
      cache: kinds(cache.flat()).sort(),
      output: holdsSecret(ended.stderr + ended.stdout, token),
      report: holdsSecret(readFileSync(reportFile), token),
      processes: stage.processes.some((text) => holdsSecret(text, token)),
    },
  };
}

async function cachedTags(name: string): Promise<readonly string[]> {
  const response = await fetch(`http://${registry}/v2/go-cache/local/${name}/tags/list`);
  return ((await response.json()) as { readonly tags: readonly string[] }).tags;
}

describe('private Go modules', () => {
  test('are downloaded and vendored with a secret that is in nothing that the build writes', async () => {
    const stage = await openStage(goodSteps);
    const { exitCode, found } = await traces(stage);
    expect(exitCode).toBe(0);
    expect(stage.served.map(([path]) => path)).toContain('/private.example.com/team/lib/@v/v1.0.0.zip');
    expect(stage.processes.length).toBeGreaterThan(0);
    expect(stage.files.map(({ mode }) => mode)).toContain(0o600);
    expect(netrcFiles()).toEqual([]);
    expect(found).toEqual({ image: [], cache: [], output: false, report: false, processes: false });
  });

  test('would be found if they leaked', async () => {
    const stage = await openStage(leakySteps);
    const { found } = await traces(stage, '--build-arg', `LEAK=${token}`);
    expect(found).toEqual({
      image: expect.arrayContaining([expect.stringContaining('layer'), 'application/vnd.in-toto+json']),
      cache: expect.arrayContaining([expect.stringContaining('layer')]),
      output: true,
      report: false,
      processes: true,
    });
  });

  test('are out of reach of a build that does not ask for them', async () => {
    const { folder, name, served } = await openStage(goodSteps);
    const { exitCode, report } = await build(['--name', name, '--platform', 'linux/amd64'], {
      cwd: folder,
    });
    expect({ exitCode, code: report.error?.code }).toEqual({ exitCode: 4, code: 'build.failed' });
    expect(served).toEqual([]);
  });

  test('need a token that is there, which is said before anything is built', async () => {
    const folder = await checkout({
      Dockerfile: `FROM ${busybox}\n`,
      'image-builder.yaml': `dev-registry: ${registry}/go
go-modules: { private: ['*'], hosts: [{ host: example.com, token-variable: GO_TOKEN }] }
`,
    });
    const { exitCode, stderr } = await imageBuilder(['build', '--use-go-internal-sap-modules'], {
      cwd: folder,
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('variable GO_TOKEN: is not set');
  });
});
