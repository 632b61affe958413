import { describe, expect, test } from 'vitest';
import type { Settings } from '../config/index.ts';
import { type BackendQuestion, chooseBackend } from './choose-backend.ts';

const adoConfig = {} as NonNullable<Settings['adoConfig']>;

interface Place {
  readonly requested?: BackendQuestion['requested'];
  readonly configured?: Settings['backend'];
  readonly hasPipeline: boolean;
  readonly inCi: boolean;
  readonly inPipeline?: boolean;
}

const choose = ({ requested, configured = 'auto', hasPipeline, inCi, inPipeline = false }: Place) =>
  chooseBackend({
    requested,
    file: '/etc/image-builder.yaml',
    settings: { backend: configured, ...(hasPipeline ? { adoConfig } : {}) },
    inCi,
    inPipeline,
  });

describe('a build is carried out', () => {
  test.each<[string, Place, string]>([
    ['in a CI with a pipeline', { hasPipeline: true, inCi: true }, 'azure-devops'],
    ['in a CI without one', { hasPipeline: false, inCi: true }, 'local'],
    ['in a run of that pipeline', { hasPipeline: true, inCi: true, inPipeline: true }, 'local'],
    ['on a laptop', { hasPipeline: true, inCi: false }, 'local'],
    ['in a CI that wants it here', { requested: 'local', hasPipeline: true, inCi: true }, 'local'],
    [
      'where the configuration wants it here',
      { configured: 'local', hasPipeline: true, inCi: true },
      'local',
    ],
    [
      'where the command line says otherwise',
      { requested: 'azure-devops', configured: 'local', hasPipeline: true, inCi: true },
      'azure-devops',
    ],
    [
      'where the command line leaves it open',
      { requested: 'auto', configured: 'azure-devops', hasPipeline: true, inCi: false },
      'local',
    ],
  ])('%s where it belongs', (_, place, expected) => {
    expect(choose(place)).toBe(expected);
  });

  test('in no pipeline that is not configured, which says where it would be', () => {
    const hint = 'add "ado-config", or build on this machine with --backend local';
    const problem = { source: '/etc/image-builder.yaml', path: 'ado-config', hint };
    expect(() => choose({ requested: 'azure-devops', hasPipeline: false, inCi: true })).toThrow(
      expect.objectContaining({
        code: 'config.invalid',
        details: { problems: [expect.objectContaining(problem)] },
      }),
    );
  });

  test.each<[string, Place]>([
    ['from within itself', { requested: 'azure-devops', hasPipeline: true, inCi: true, inPipeline: true }],
    ['without a CI that asks', { requested: 'azure-devops', hasPipeline: true, inCi: false }],
    ['of the configuration without a CI', { configured: 'azure-devops', hasPipeline: true, inCi: false }],
  ])('in no pipeline %s', (_, place) => {
    expect(() => choose(place)).toThrow(expect.objectContaining({ code: 'usage.invalid' }));
  });
});
