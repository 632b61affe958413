import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findEngine } from './engine.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'engine-'));
});

afterEach(() => rmSync(root, { recursive: true }));

function program(path: string, mode = 0o755): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, '');
  chmodSync(full, mode);
  return full;
}

/** An environment in which nothing is found but what a test puts under its root. */
const env = () => ({ HOME: root, PATH: join(root, 'bin') });

describe('findEngine', () => {
  test('calls the plugin of the user directly', async () => {
    const plugin = program('.docker/cli-plugins/docker-buildx');
    program('bin/docker');
    expect(await findEngine({ env: env() })).toEqual({ command: [plugin] });
  });

  test('looks where DOCKER_CONFIG points, not into the home directory', async () => {
    program('.docker/cli-plugins/docker-buildx');
    const plugin = program('config/cli-plugins/docker-buildx');
    const found = await findEngine({ env: { ...env(), DOCKER_CONFIG: join(root, 'config') } });
    expect(found).toEqual({ command: [plugin] });
  });

  test('looks into the extra folders of the configuration first', async () => {
    program('.docker/cli-plugins/docker-buildx');
    const plugin = program('extra/docker-buildx');
    const config = { cliPluginsExtraDirs: [1, join(root, 'missing'), join(root, 'extra')] };
    writeFileSync(join(root, '.docker/config.json'), JSON.stringify(config));
    expect(await findEngine({ env: env() })).toEqual({ command: [plugin] });
  });

  test.each(['', '{', '[]', 'null', '{"cliPluginsExtraDirs":"x"}'])(
    'survives the configuration %j',
    async (text) => {
      const plugin = program('.docker/cli-plugins/docker-buildx');
      writeFileSync(join(root, '.docker/config.json'), text);
      expect(await findEngine({ env: env() })).toEqual({ command: [plugin] });
    },
  );

  test('finds the plugin in PATH', async () => {
    const plugin = program('bin/docker-buildx');
    expect(await findEngine({ env: env() })).toEqual({ command: [plugin] });
  });
});
