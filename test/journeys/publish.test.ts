import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startRegistry } from '../../scripts/workbench/index.ts';
import { buildReportSchema } from '../../src/report/index.ts';
import {
  build,
  busybox,
  checkout,
  compilerImage,
  crane,
  docker,
  dockerConfigWith,
  registry,
  temporaryFolder,
  uniqueName,
} from './stage.ts';

const twoPlatforms = {
  Dockerfile: `FROM --platform=$BUILDPLATFORM ${busybox} AS build
ARG BUILD_COMMIT_SHA
ARG TAG_default_tag
RUN echo "$BUILD_COMMIT_SHA $TAG_default_tag" > /made
FROM ${busybox}
COPY --from=build /made /made
RUN uname -m > /machine
`,
};

describe('an image for two platforms', () => {
  test('stands under the same digest in two repositories of one registry and a third of another, which wants a password', async () => {
    const folder = await checkout(twoPlatforms);
    const name = uniqueName('trio');
    const password = 'correct horse: battery';
    const other = await startRegistry({ htpasswd: { user: 'pusher', password } });
    onTestFinished(() => other.stop());
    const auth = Buffer.from(`pusher:${password}`).toString('base64');
    const dockerConfig = dockerConfigWith({ [other.address]: { auth } });

    const places = [`${registry}/one`, `${registry}/two`, `${other.address}/three`];
    const reportFile = join(temporaryFolder(), 'deep/report.json');
    const { exitCode, report, stderr } = await build(
      [
        '--name',
        name,
        '--export-tags',
        '--tag',
        'release=v1.2.3',
        '--build-report-path',
        reportFile,
        ...places.flatMap((place) => ['--registry', place]),
      ],
      { cwd: folder, env: { DOCKER_CONFIG: dockerConfig } },
    );

    expect(stderr).not.toContain(password);
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({ status: 'Succeeded', pushed: true, signed: false, image_name: name });
    expect(report.repository_path).toBe(`${registry}/one/`);
    expect(report.architectures).toEqual(['linux/arm64', 'linux/amd64']);
    expect(report.tags).toEqual([expect.stringMatching(/^local-[0-9a-f]{7}$/), 'v1.2.3']);
    expect(report.images_list).toEqual(
      places.flatMap((place) => report.tags.map((tag) => `${place}/${name}:${tag}`)),
    );
    expect(report.platforms.map(({ platform }) => platform).sort()).toEqual(['linux/amd64', 'linux/arm64']);
    expect(
      report.platforms.every(
        ({ size, steps, digest }) => size > 0 && steps > 0 && digest.startsWith('sha256:'),
      ),
    ).toBe(true);
    expect(buildReportSchema.parse(report)).toEqual(report);
    expect(JSON.parse(readFileSync(reportFile, 'utf8'))).toEqual(report);

    await crane('auth', 'login', other.address, '-u', 'pusher', '-p', password);
    for (const image of report.images_list) {
      expect(await crane('digest', image)).toBe(report.digest);
      for (const platform of report.architectures)
        await crane('validate', '--remote', image, '--platform', platform);
    }
  });

  test('is accepted whole by crane validate, and runs after a real pull', async () => {
    const folder = await checkout({
      ...twoPlatforms,
      'image-builder.yaml': `dev-registry: ${registry}/plain\nprovenance: off\n`,
    });
    const name = uniqueName('pulled');
    const { exitCode, report } = await build(['--name', name], { cwd: folder });
    expect(exitCode).toBe(0);
    const [image = ''] = report.images_list;
    await crane('validate', '--remote', image);
    for (const [platform, machine] of [
      ['linux/amd64', 'x86_64'],
      ['linux/arm64', 'aarch64'],
    ] as const) {
      await docker('pull', '--quiet', '--platform', platform, image);
      expect(
        await docker('run', '--rm', '--network=none', '--platform', platform, image, 'cat', '/machine'),
      ).toBe(machine);
    }
    expect(await docker('run', '--rm', '--network=none', image, 'cat', '/made')).toMatch(/^[0-9a-f]{40} *$/);
  });

  test('carries labels, annotations and provenance', async () => {
    const folder = await checkout(twoPlatforms);
    const { report } = await build(['--name', uniqueName('labelled'), '--registry', `${registry}/labels`], {
      cwd: folder,
    });
    const [image = ''] = report.images_list;
    const config = JSON.parse(await crane('config', '--platform', 'linux/amd64', image));
    expect(config.config.Labels).toMatchObject({
      'org.opencontainers.image.revision': report.source?.commit,
      'org.opencontainers.image.source': 'https://github.com/team/app',
      'org.opencontainers.image.title': report.image_name,
      'org.opencontainers.image.version': report.tags[0],
    });
    const index = JSON.parse(await crane('manifest', image));
    expect(index.mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(index.annotations['org.opencontainers.image.revision']).toBe(report.source?.commit);
    const attested = index.manifests.filter(
      (each: { annotations?: Record<string, string> }) =>
        each.annotations?.['vnd.docker.reference.type'] === 'attestation-manifest',
    );
    expect(attested).toHaveLength(2);
  });
});

describe('an image with an SBOM', () => {
  test('carries what the configured generator wrote', async () => {
    const scanner = await checkout({
      Dockerfile: `FROM ${busybox}\nCOPY scan /scan\nRUN chmod +x /scan\nENTRYPOINT ["/scan"]\n`,
      scan: `#!/bin/sh
cat > "$BUILDKIT_SCAN_DESTINATION/made.spdx.json" <<END
{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://spdx.dev/Document","predicate":{"name":"from our generator"}}
END
`,
    });
    const generator = [
      '--name',
      uniqueName('scanner'),
      '--platform',
      'linux/amd64',
      '--registry',
      `${registry}/sbom`,
    ];
    const scannerImage = (await build(generator, { cwd: scanner })).report.images_list[0] ?? '';
    const settings = `dev-registry: ${registry}/sbom\nprovenance: off\nsbom: ${scannerImage}\n`;
    const folder = await checkout({
      Dockerfile: `FROM ${busybox}\nRUN true\n`,
      'image-builder.yaml': settings,
    });
    const { exitCode, report } = await build(['--name', uniqueName('scanned'), '--platform', 'linux/amd64'], {
      cwd: folder,
    });
    expect(exitCode).toBe(0);
    const repository = `${registry}/sbom/${report.image_name}`;
    const index = JSON.parse(await crane('manifest', `${repository}@${report.digest}`));
    const attestation = JSON.parse(await crane('manifest', `${repository}@${index.manifests[1].digest}`));
    expect(attestation.layers[0].annotations['in-toto.io/predicate-type']).toBe('https://spdx.dev/Document');
    expect(await crane('blob', `${repository}@${attestation.layers[0].digest}`)).toContain(
      'from our generator',
    );
  });
});

describe('a Dockerfile that cross-compiles', () => {
  test('builds the wanted stage, and its program runs on both platforms', async () => {
    const folder = await checkout({
      'cmd/hello/main.go':
        'package main\n\nimport "runtime"\n\nfunc main() { println("hello from", runtime.GOARCH) }\n',
      'go.mod': 'module example.com/hello\n\ngo 1.21\n',
      'images/hello/Dockerfile': `FROM --platform=$BUILDPLATFORM ${compilerImage} AS build
WORKDIR /src
COPY go.mod ./
COPY cmd cmd
ARG TARGETOS TARGETARCH
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -gcflags=all=-l -o /hello ./cmd/hello
FROM scratch AS wanted
COPY --from=build /hello /hello
ENTRYPOINT ["/hello"]
FROM ${busybox}
RUN false
`,
    });
    const args = [
      '--name',
      uniqueName('hello'),
      '--dockerfile',
      'images/hello/Dockerfile',
      '--target',
      'wanted',
      '--registry',
      `${registry}/go`,
    ];
    const { exitCode, report, stderr } = await build(args, { cwd: folder });
    expect(stderr).not.toContain('error:');
    expect(exitCode).toBe(0);
    for (const platform of ['linux/amd64', 'linux/arm64']) {
      const run = ['run', '--rm', '--network=none', '--platform', platform, report.images_list[0] ?? ''];
      await docker('pull', '--quiet', '--platform', platform, report.images_list[0] ?? '');
      await docker(...run);
    }
  });
});

describe('what goes into a build', () => {
  test('is the context without what .dockerignore names, and the named contexts', async () => {
    const folder = await checkout({
      'app/Dockerfile': `FROM ${busybox}\nCOPY . /context\nCOPY --from=shared file /shared\nRUN ls /context > /listing\n`,
      'app/kept': 'kept',
      'app/dropped': 'dropped',
      'app/.dockerignore': 'dropped\n',
      'lib/file': 'from lib',
    });
    const args = [
      '--name',
      uniqueName('contexts'),
      '--context',
      'app',
      '--dockerfile',
      'app/Dockerfile',
      '--build-context',
      'shared=lib',
    ];
    const { exitCode, report } = await build(
      [...args, '--platform', 'linux/amd64', '--registry', `${registry}/ctx`],
      { cwd: folder },
    );
    expect(exitCode).toBe(0);
    const image = report.images_list[0] ?? '';
    await docker('pull', '--quiet', image);
    expect((await docker('run', '--rm', '--network=none', image, 'cat', '/listing')).split('\n')).toEqual([
      'Dockerfile',
      'kept',
    ]);
    expect(await docker('run', '--rm', '--network=none', image, 'cat', '/shared')).toBe('from lib');
  });

  test('build args keep every character', async () => {
    const folder = await checkout({
      Dockerfile: `FROM ${busybox}\nARG VALUE\nRUN printf '%s' "$VALUE" > /value\n`,
    });
    const value = `a=b,c "d" 'e' $HOME \`id\` \\ ü\nnext line`;
    const args = [
      '--name',
      uniqueName('args'),
      '--platform',
      'linux/amd64',
      '--registry',
      `${registry}/args`,
      '--build-arg',
      'VALUE',
    ];
    const { exitCode, report } = await build(args, { cwd: folder, env: { VALUE: value } });
    expect(exitCode).toBe(0);
    const image = report.images_list[0] ?? '';
    await docker('pull', '--quiet', image);
    expect(await docker('run', '--rm', '--network=none', image, 'cat', '/value')).toBe(value);
  });

  test('a secret reaches its RUN and is in no blob, report or log', async () => {
    const secret = 'hunter2-of-the-journey';
    const folder = await checkout({
      Dockerfile: `FROM ${busybox}\nRUN --mount=type=secret,id=token --mount=type=secret,id=file sha256sum /run/secrets/token /run/secrets/file > /sums\n`,
    });
    mkdirSync(join(folder, '.git/secrets'));
    writeFileSync(join(folder, '.git/secrets/file'), secret);
    const args = [
      '--name',
      uniqueName('secret'),
      '--registry',
      `${registry}/secret`,
      '--secret',
      'id=token,env=TOKEN',
      '--secret',
      'id=file,src=.git/secrets/file',
    ];
    const { exitCode, report, stdout, stderr } = await build(
      [...args, '--platform', 'linux/amd64', '--debug'],
      { cwd: folder, env: { TOKEN: secret } },
    );
    expect(exitCode).toBe(0);
    const image = report.images_list[0] ?? '';
    const repository = image.slice(0, image.lastIndexOf(':'));
    const found: string[] = [stdout, stderr];
    const index = JSON.parse(await crane('manifest', image));
    for (const { digest } of index.manifests) {
      const text = await crane('manifest', `${repository}@${digest}`);
      const manifest = JSON.parse(text);
      found.push(text, await crane('blob', `${repository}@${manifest.config.digest}`));
      for (const layer of manifest.layers)
        if (!layer.mediaType.includes('tar'))
          found.push(await crane('blob', `${repository}@${layer.digest}`));
    }
    found.push(await crane('export', image, '-'));
    expect(found.join('\n')).not.toContain(secret);
    const { createHash } = await import('node:crypto');
    expect(found.join('\n')).toContain(createHash('sha256').update(secret).digest('hex'));
  });
});

describe('a reproducible build', () => {
  test('has the same digest when everything is run again', async () => {
    const folder = await checkout({
      Dockerfile: `FROM ${busybox}\nCOPY made.txt /\nRUN mkdir /d && echo made > /d/file\n`,
      'made.txt': 'x',
      'image-builder.yaml': `dev-registry: ${registry}/same\nreproducible: true\n`,
    });
    const name = uniqueName('same');
    const first = await build(['--name', name, '--no-cache'], { cwd: folder });
    const second = await build(['--name', name, '--no-cache'], { cwd: folder });
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(second.report.digest).toBe(first.report.digest);
    expect(second.report.platforms.map(({ cached_steps }) => cached_steps)).not.toContain(
      second.report.platforms[0]?.steps,
    );
    expect(second.report.repositories[0]?.uploaded_bytes).toBe(0);
  });
});
