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

  test.each<[string, Place, string]>([
    [
      'that is not configured',
      { requested: 'azure-devops', hasPipeline: false, inCi: true },
      'config.invalid',
    ],
    [
      'from within itself',
      { requested: 'azure-devops', hasPipeline: true, inCi: true, inPipeline: true },
      'usage.invalid',
    ],
    [
      'without a CI that asks',
      { requested: 'azure-devops', hasPipeline: true, inCi: false },
      'usage.invalid',
    ],
    [
      'of the configuration without a CI',
      { configured: 'azure-devops', hasPipeline: true, inCi: false },
      'usage.invalid',
    ],
  ])('in no pipeline %s', (_, place, code) => {
    expect(() => choose(place)).toThrow(expect.objectContaining({ code }));
  });
});
