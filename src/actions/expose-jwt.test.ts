import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readFileCommand } from '../../test/fakes/github-runner/read-file-command.ts';
import { serve } from '../../test/fakes/registry/open-http.ts';

const bundle = join(import.meta.dirname, '../../.github/actions/expose-jwt-action/dist/main.js');
const token = 'eyJhbGciOiJub25lIn0.e30.c2lnbmF0dXJl';

/** Runs the committed bundle as the runner does. */
async function runStep(environment: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'image-builder-action-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outputs = join(folder, 'output');
  writeFileSync(outputs, '');
  const child = spawn(process.execPath, [bundle], {
    cwd: folder,
    env: { GITHUB_OUTPUT: outputs, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const [exitCode] = await once(child, 'close');
  return { exitCode, log, outputs: Object.fromEntries(readFileCommand(readFileSync(outputs, 'utf8'))) };
}

async function startIssuer() {
  const seen: string[] = [];
  const { url } = await serve((request, response) => {
    seen.push(`${request.headers.authorization} ${request.url}`);
    response.writeHead(200).end(JSON.stringify({ value: token }));
  });
  return {
    seen,
    environment: {
      ACTIONS_ID_TOKEN_REQUEST_URL: new URL('/token?api-version=2.0', url).href,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'right-of-the-job',
    },
  };
}

describe('the action that gives a job its token', () => {
  test('masks it before it gives it out', async () => {
    const { seen, environment } = await startIssuer();
    const step = await runStep({ ...environment, INPUT_AUDIENCE: 'image-builder' });
    expect(step).toEqual({ exitCode: 0, log: `::add-mask::${token}\n`, outputs: { jwt: token } });
    expect(seen).toEqual(['bearer right-of-the-job /token?api-version=2.0&audience=image-builder']);
  });

  test('names no audience when it is given none', async () => {
    const { seen, environment } = await startIssuer();
    await runStep({ ...environment, INPUT_AUDIENCE: '' });
    expect(seen).toEqual(['bearer right-of-the-job /token?api-version=2.0']);
  });

  test('says which permission its job lacks', async () => {
    const { exitCode, log, outputs } = await runStep({ INPUT_AUDIENCE: 'image-builder' });
    expect([exitCode, outputs]).toEqual([2, {}]);
    expect(log).toMatch(
      /^::error title=usage.invalid::this job may not ask .*%0Ahint: .*id-token: write.*\n$/,
    );
  });
});
