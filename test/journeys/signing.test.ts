import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startFakeSignify } from '../fakes/signify/fake-signify.ts';
import { registryProxy } from './registry-proxy.ts';
import {
  configFile,
  cosign,
  notation,
  signedConfig,
  signingKeys,
  startService,
  widelyTrustedConfig,
} from './signing-stage.ts';
import { build, busybox, checkout, crane, registry, uniqueName } from './stage.ts';
import { watchTags } from './watch-tags.ts';

const platforms = ['linux/amd64', 'linux/arm64'];
const tagged = `default-commit-tag:
  name: default_tag
  value: 'v{{ .ShortSHA }}'
  validation: ^v[0-9a-f]+$
platforms: [${platforms.join(', ')}]
reproducible: true
`;

/** An image of its own, which goes to two repositories. */
async function image(options: readonly string[] = ['--event=workflow_dispatch']) {
  const name = uniqueName('signed');
  const folder = await checkout({ Dockerfile: `FROM ${busybox}\nCOPY content /\n`, content: name });
  const parents = [`${registry}/first`, `${registry}/second`];
  const args = ['--name', name, ...options, ...parents.flatMap((parent) => ['--registry', parent])];
  return {
    repositories: parents.map((parent) => `${parent}/${name}`),
    change: () => writeFileSync(join(folder, 'content'), `${name} again`),
    build: (config: string) => build([...args, '--config', config], { cwd: folder }),
  };
}

/** Tags that are no list of signatures; the registry does not know a repository that never had a tag. */
async function productionTags(repository: string): Promise<readonly string[]> {
  const tags = await crane('ls', repository).catch((error: Error) => {
    if (error.message.includes('NAME_UNKNOWN')) return '';
    throw error;
  });
  return tags.split('\n').filter((tag) => tag !== '' && !tag.startsWith('sha256-'));
}

describe('a build that is to be signed', () => {
  test('has no tag without a signature at any moment, in any repository, and is signed once', async () => {
    const { repositories, ...app } = await image();
    const keys = await signingKeys(repositories);
    await startService(keys);
    const config = signedConfig(keys, tagged);
    const watch = watchTags(repositories, (reference) => notation(keys, 'verify', reference));
    const { exitCode, report, stderr } = await app.build(config);
    const seen = await watch.stop();
    expect(exitCode, stderr).toBe(0);
    expect(seen.map(({ name }) => name).toSorted()).toEqual([...report.images_list].toSorted());
    for (const { digest, verdict } of seen) expect([digest, verdict.accepted]).toEqual([report.digest, true]);
    expect(report).toMatchObject({ signed: true, pushed: true });
    expect(report.signatures).toHaveLength(repositories.length * (platforms.length + 1));
    for (const signature of report.signatures)
      expect(signature).toMatchObject({
        signer: 'signing-service',
        state: 'verified',
        signed_by: expect.stringContaining('CN='),
      });
    for (const repository of repositories) {
      for (const { digest } of report.platforms)
        expect(await notation(keys, 'verify', `${repository}@${digest}`)).toMatchObject({ accepted: true });
    }
    const made = report.signatures.map(({ signature }) => signature);
    const again = await app.build(config);
    expect(again.report.digest).toBe(report.digest);
    expect(again.report.signatures.map(({ signature }) => signature).toSorted()).toEqual(made.toSorted());
  });

  test('moves no tag when a signer fails, says what was pushed, and goes on from there', async () => {
    const { repositories, ...app } = await image();
    const keys = await signingKeys(repositories);
    const config = signedConfig(keys, tagged);
    const watch = watchTags(repositories, (reference) => notation(keys, 'verify', reference));
    const failed = await app.build(config);
    expect(await watch.stop()).toEqual([]);
    expect(failed.exitCode).toBe(5);
    expect(failed.report).toMatchObject({
      status: 'Failed',
      pushed: false,
      signed: false,
      images_list: [],
      error: { code: 'signing.unavailable' },
    });
    expect(failed.report.repositories.map(({ state }) => state)).toEqual(['pushed', 'pushed']);
    await startService(keys);
    const resumed = await app.build(config);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    expect(resumed.report).toMatchObject({ resumed: true, signed: true, digest: failed.report.digest });
    expect(resumed.report.timings.map(({ stage }) => stage)).toEqual(['push', 'sign', 'tag']);
  });

  test('leaves a tag on the image that is signed when a signer fails for the next one, and moves it once it does not', async () => {
    const { repositories, ...app } = await image(['--event=workflow_dispatch', '--tag=stable']);
    const keys = await signingKeys(repositories);
    const config = signedConfig(keys, tagged);
    const service = await startService(keys);
    const first = await app.build(config);
    expect(first.exitCode, first.stderr).toBe(0);
    expect((await service.end()).exitCode).toBe(0);
    app.change();
    const watch = watchTags(repositories, (reference) => notation(keys, 'verify', reference));
    const failed = await app.build(config);
    expect(failed.exitCode).toBe(5);
    expect(failed.report.digest).not.toBe(first.report.digest);
    await startService(keys);
    const resumed = await app.build(config);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    const seen = await watch.stop();
    const digests = [first.report.digest, failed.report.digest];
    const expected = first.report.images_list.flatMap((name) => digests.map((digest) => ({ name, digest })));
    expect(seen.map(({ name, digest }) => ({ name, digest }))).toEqual(expect.arrayContaining(expected));
    expect(seen).toHaveLength(expected.length);
    expect(seen.filter(({ verdict }) => !verdict.accepted)).toEqual([]);
  });

  test('moves no tag when the service refuses, and repeats what it says', async () => {
    const { repositories, ...app } = await image();
    const keys = await signingKeys([`${registry}/elsewhere`]);
    await startService(keys);
    const { exitCode, report, stderr } = await app.build(widelyTrustedConfig(keys, tagged));
    expect([exitCode, report.error?.code]).toEqual([3, 'signing.failed']);
    expect(stderr).toMatch(/the service answered 403 .*may not have/);
    for (const repository of repositories) expect(await productionTags(repository)).toEqual([]);
  });

  test('by several signers has a signature of each', async () => {
    const { repositories, ...app } = await image();
    const keys = await signingKeys(repositories);
    await startService(keys);
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [privatePath, publicPath] = [
      join(keys.directory, 'cosign.pem'),
      join(keys.directory, 'cosign.pub'),
    ];
    writeFileSync(privatePath, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    writeFileSync(publicPath, pair.publicKey.export({ type: 'spki', format: 'pem' }));
    const config = configFile(
      keys,
      `${tagged}sign-config:
  enabled-signers:
    '*': [bundles]
    team/app: [embedded]
  signers:
    - {name: bundles, type: cosign, config: {key: cosign.pem}}
    - {name: embedded, type: notation, config: {key: signing/key.pem, chain: signing/chain.pem, format: cose}}
trust:
  directory: notation
  cosign-keys: [cosign.pub]
`,
    );
    const { exitCode, report, stderr } = await app.build(config);
    expect(exitCode, stderr).toBe(0);
    expect(new Set(report.signatures.map(({ signer }) => signer))).toEqual(new Set(['bundles', 'embedded']));
    const [reference = ''] = report.images_list;
    expect(await notation(keys, 'verify', reference)).toMatchObject({ accepted: true });
    const judged = await cosign('verify', '--key', publicPath, '--insecure-ignore-tlog=true', reference);
    expect(judged.accepted, judged.words).toBe(true);
  });

  test.each([
    [
      'embedded',
      '{name: embedded, type: notation, config: {key: signing/key.pem, chain: signing/chain.pem}}',
    ],
    ['bundles', '{name: bundles, type: cosign, config: {key: signing/key.pem}}'],
  ])('by the signer "%s", whom no verifier trusts, is not built', async (name, signer) => {
    const { repositories, ...app } = await image();
    const [keys, others] = [await signingKeys(repositories), await signingKeys(repositories)];
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    writeFileSync(join(keys.directory, 'cosign.pub'), stranger.export({ type: 'spki', format: 'pem' }));
    const config = configFile(
      keys,
      `${tagged}sign-config:
  enabled-signers: {'*': [${name}]}
  signers: [${signer}]
trust: {directory: ${others.directory}/notation, cosign-keys: [cosign.pub]}
`,
    );
    const { exitCode, report } = await app.build(config);
    expect([exitCode, report.error?.code, report.timings]).toEqual([2, 'config.invalid', []]);
  });

  test('by two services that cannot be told apart is not built', async () => {
    const { repositories, ...app } = await image();
    const keys = await signingKeys(repositories);
    const service =
      '{endpoint: "https://localhost:1/sign", secret: {path: client/signify-secret.json, type: signify}}';
    const config = configFile(
      keys,
      `${tagged}sign-config:
  enabled-signers: {'*': [one, two]}
  signers: [{name: one, type: notary, config: ${service}}, {name: two, type: notary, config: ${service}}]
trust: {directory: notation}
`,
    );
    const { exitCode, stderr, report } = await app.build(config);
    expect([exitCode, report.timings]).toEqual([2, []]);
    expect(stderr).toContain('signer "one" needs "signed-by"');
  });

  test('by a service whose signatures nobody looks for is asked for, not signed', async () => {
    const { repositories, ...app } = await image();
    const keys = await signingKeys(repositories);
    const read = (path: string) => readFileSync(join(keys.directory, path), 'utf8');
    const signify = await startFakeSignify({
      cert: read('service/certificate.pem'),
      key: read('service/key.pem'),
      clientCa: read('service/client-ca.pem'),
    });
    const config = configFile(
      keys,
      `${tagged}sign-config:
  enabled-signers: {'*': [signify]}
  signers:
    - name: signify
      type: notary
      job-type: [workflow_dispatch]
      config:
        endpoint: ${signify.endpoint}
        ca: client/service-ca.pem
        secret: {path: client/signify-secret.json, type: signify}
`,
    );
    try {
      const { exitCode, report } = await app.build(config);
      expect(exitCode).toBe(0);
      expect(report).toMatchObject({ pushed: true, signed: false });
      expect(new Set(report.signatures.map(({ state }) => state))).toEqual(new Set(['requested']));
      expect(signify.seen.map(({ status }) => status)).toEqual(report.signatures.map(() => 202));
    } finally {
      await signify.close();
    }
  });

  test('is not built when the trust policy is for other repositories', async () => {
    const app = await image();
    const keys = await signingKeys([`${registry}/elsewhere`]);
    const { exitCode, report, stderr } = await app.build(signedConfig(keys, tagged));
    expect([exitCode, report.error?.code, report.timings]).toEqual([2, 'config.invalid', []]);
    for (const repository of app.repositories) expect(stderr).toContain(`no policy is for "${repository}"`);
  });

  test('is not built when its signer lacks its key', async () => {
    const { repositories, ...app } = await image();
    const keys = await signingKeys(repositories);
    const config = configFile(
      keys,
      `${tagged}sign-config:
  enabled-signers: {'*': [embedded]}
  signers: [{name: embedded, type: notation, config: {key: nothing.pem, chain: signing/chain.pem}}]
`,
    );
    const { exitCode, report, stderr } = await app.build(config);
    expect([exitCode, report.error?.code, report.timings]).toEqual([3, 'signing.failed', []]);
    expect(stderr).toMatch(/signer "embedded": cannot read ".*nothing\.pem"/);
  });

  test('is not signed for a pull request, whatever is configured', async () => {
    const { repositories, ...app } = await image(['--event=pull_request_target', '--pull-request=7']);
    const keys = await signingKeys(repositories);
    const config = signedConfig(
      keys,
      `${tagged}default-pr-tag: {name: default_tag, value: 'PR-{{ .PRNumber }}', validation: '^PR-[0-9]+$'}\n`,
    );
    const { exitCode, report } = await app.build(config);
    expect([exitCode, report.pushed, report.signed, report.signatures]).toEqual([0, true, false, []]);
  });
});

test('a tag is written after the list of signatures, in the order that the registry sees', async () => {
  const name = uniqueName('ordered');
  const proxy = await registryProxy(registry, () => 'pass');
  const repository = `${proxy.address}/team/${name}`;
  const keys = await signingKeys([repository]);
  await startService(keys);
  const folder = await checkout({ Dockerfile: `FROM ${busybox}\nCOPY content /\n`, content: name });
  const args = [
    '--name',
    name,
    '--event',
    'push',
    '--registry',
    `${proxy.address}/team`,
    '--platform',
    'linux/amd64',
  ];
  const { exitCode, stderr } = await build([...args, '--config', signedConfig(keys, tagged)], {
    cwd: folder,
  });
  expect(exitCode, stderr).toBe(0);
  const written = proxy.requests
    .filter(({ method, path }) => method === 'PUT' && path.includes('/manifests/'))
    .map(({ path }) => path.split('/').at(-1) ?? '')
    .map((target) =>
      target
        .replace(/^sha256-.*/, 'signatures')
        .replace(/^sha256:.*/, 'digest')
        .replace(/^v.*/, 'tag'),
    );
  expect(written.at(-1)).toBe('tag');
  expect(written.filter((target) => target === 'tag')).toHaveLength(1);
  expect(written).toContain('signatures');
});
