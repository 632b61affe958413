import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Answer, bodyOf } from '../../../test/fakes/registry/local-server.ts';
import { openTestHttp, serve } from '../../../test/fakes/registry/open-http.ts';
import { issueChain, issuedAt } from '../../../test/fakes/signing/certificates.ts';
import { answer, openTimestampAuthority } from '../../../test/fakes/signing/timestamp-authority.ts';
import { type KeySpec, keySpecOf } from '../keys/key-spec.ts';
import { timestamping } from './timestamping.ts';
import { verifyTimestamp } from './verify-timestamp.ts';

const authority = await openTimestampAuthority();
const stranger = await openTimestampAuthority();
const spec = keySpecOf((await issueChain()).leaf.privateKey) as KeySpec;
const signature = Buffer.from('raw signature');

interface Setup {
  readonly answerer?: Answer;
  readonly roots?: string;
}

async function open({ answerer = honest, roots = authority.root.certificate.toString('pem') }: Setup = {}) {
  const { url } = await serve(answerer);
  const folder = mkdtempSync(join(tmpdir(), 'image-builder-timestamping-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const rootsPath = join(folder, 'roots.pem');
  writeFileSync(rootsPath, roots);
  const { http } = openTestHttp({ clock: () => issuedAt });
  return {
    rootsPath,
    service: timestamping({ signer: 'own', url: url.href, rootsPath }, { http, nonce: () => randomBytes(8) }),
  };
}

const honest: Answer = async (request, response) => {
  const token = answer(authority, await bodyOf(request));
  response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(token);
};

describe('a timestamping authority', () => {
  test('stamps a signature by HTTP', async () => {
    const { service } = await open();
    await service.check();
    const token = await service.stamp(signature, spec);
    const roots = [authority.root.certificate];
    expect(verifyTimestamp({ token, signature, roots }).latest).toEqual(issuedAt);
    expect(await service.accepts(token, signature)).toBe(true);
    expect(await service.accepts(token, Buffer.from('another'))).toBe(false);
    expect(await service.accepts(Buffer.from('garbage'), signature)).toBe(false);
  });

  test('that is down is worth another try', async () => {
    const { service } = await open({ answerer: (_, response) => void response.writeHead(503).end() });
    await expect(service.stamp(signature, spec)).rejects.toMatchObject({
      code: 'signing.unavailable',
      message: expect.stringMatching(/^signer "own": no timestamp: POST .*503/),
    });
  });

  test('that refuses is not', async () => {
    const { service } = await open({ answerer: (_, response) => void response.writeHead(401).end() });
    await expect(service.stamp(signature, spec)).rejects.toMatchObject({
      code: 'signing.failed',
      message: expect.stringContaining('answered 401, expected 200'),
    });
  });

  test('whose answer is too large is refused', async () => {
    const large: Answer = (_, response) => void response.writeHead(200).end(Buffer.alloc(1_000_000));
    const { service } = await open({ answerer: large });
    await expect(service.stamp(signature, spec)).rejects.toMatchObject({ code: 'signing.failed' });
  });

  test('of other roots proves nothing', async () => {
    const { service } = await open({ roots: stranger.root.certificate.toString('pem') });
    await expect(service.stamp(signature, spec)).rejects.toMatchObject({ reason: 'timestamp.wrong' });
  });

  test.each([
    ['nothing', ''],
    ['something else', 'hello'],
  ])('needs roots, not %s', async (_, roots) => {
    const { service, rootsPath } = await open({ roots });
    await expect(service.check()).rejects.toMatchObject({
      code: 'signing.failed',
      message: expect.stringContaining(`"${rootsPath}": it holds no certificate`),
    });
  });
});
