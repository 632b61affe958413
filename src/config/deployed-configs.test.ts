import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Problem } from '../core/index.ts';
import { load } from './load-for-test.ts';

/** `line:column message (hint)`. */
function printed({ line, column, message, hint }: Problem): string {
  return `${line}:${column} ${message} (${hint})`;
}

const callersConfig = `log-format: json
ado-config:
  ado-organization-url: https://dev.azure.com/hyperspace-pipelines
  ado-project-name: kyma
  ado-pipeline-id: 14902
  ado-retry-strategy:
    attempts: 3
    delay: 5s
  ado-refresh-interval: 15s# (2025-03-04)
`;

const buildersConfig = `tag-template: 'v{{ .Date }}-{{ .ShortSHA }}'
registry:
  - eu.gcr.io/kyma-project
  - europe-docker.pkg.dev/kyma-project/prod
dev-registry:
  - eu.gcr.io/kyma-project
  - europe-docker.pkg.dev/kyma-project/dev
reproducible: false
log-format: json
cache:
  enabled: true
  cache-repo: europe-docker.pkg.dev/kyma-project/cache/cache
  cache-run-layers: true
  cache-copy-layers: false
sign-config:
  enabled-signers:
    '*':
      - signify-dev
      - signify-prod
    kyma-project/test-infra:
      - signify-dev
  signers:
    - name: signify-dev
      type: notary
      job-type:
        - presubmit
        - postsubmit
      config:
        endpoint: https://signing-dev.repositories.cloud.sap/signingsvc/sign
        timeout: 5m
        retry-timeout: 10s
        secret:
          path: /secret/secret.yaml
          type: signify
    - name: signify-prod
      type: notary
      config:
        endpoint: https://signing.repositories.cloud.sap/signingsvc/sign
        secret:
          path: /secret-prod/secret.yaml
          type: signify
`;

describe('a deployed configuration', () => {
  test('of callers loads with one warning', async () => {
    const { settings, warnings } = await load(callersConfig.replace('# (2025-03-04)', ' # (2025-03-04)'));
    expect(settings.adoConfig).toEqual({
      adoOrganizationUrl: 'https://dev.azure.com/hyperspace-pipelines',
      adoProjectName: 'kyma',
      adoPipelineId: 14902,
      adoRetryStrategy: { attempts: 3, delay: 5 },
      adoRefreshInterval: 15,
      adoTimeout: 7200,
      adoParameters: 'encoded',
      adoSignInRedirect: 'suppress',
    });
    expect(warnings.map(printed)).toEqual([
      '1:1 key "log-format" has no effect: the form of the log is chosen when a command is run (remove the key and use --progress)',
    ]);
  });

  test('whose comment sticks to a value is refused instead of misread', async () => {
    await expect(load(callersConfig)).rejects.toMatchObject({
      code: 'config.invalid',
      details: { problems: [{ line: 9, column: 25, path: 'ado-config.ado-refresh-interval' }] },
    });
  });

  test('of builders loads with a warning for each key that has lost its meaning', async () => {
    const { settings, warnings } = await load(buildersConfig);
    expect(settings.registry).toEqual(['eu.gcr.io/kyma-project', 'europe-docker.pkg.dev/kyma-project/prod']);
    expect(settings.cache).toMatchObject({
      enabled: true,
      cacheRepo: 'europe-docker.pkg.dev/kyma-project/cache/cache',
    });
    expect(settings.signConfig).toEqual({
      enabledSigners: { '*': ['signify-dev', 'signify-prod'], 'kyma-project/test-infra': ['signify-dev'] },
      signers: [
        {
          name: 'signify-dev',
          type: 'notary',
          jobTypes: ['presubmit', 'postsubmit'],
          config: {
            endpoint: 'https://signing-dev.repositories.cloud.sap/signingsvc/sign',
            secret: { path: '/secret/secret.yaml', type: 'signify' },
            timeout: 300,
            retryTimeout: 10,
          },
        },
        {
          name: 'signify-prod',
          type: 'notary',
          jobTypes: [],
          config: {
            endpoint: 'https://signing.repositories.cloud.sap/signingsvc/sign',
            secret: { path: '/secret-prod/secret.yaml', type: 'signify' },
            timeout: 300,
            retryTimeout: 10,
          },
        },
      ],
    });
    const everyLayer =
      'BuildKit caches the layer of every instruction (remove the key; "cache.enabled" switches the whole cache)';
    expect(warnings.map(printed)).toEqual([
      '1:1 key "tag-template" has no effect: default tags are now set for each event, with a validation pattern (move the template to "default-commit-tag", which is not set)',
      '9:1 key "log-format" has no effect: the form of the log is chosen when a command is run (remove the key and use --progress)',
      `13:3 key "cache-run-layers" has no effect: ${everyLayer}`,
      `14:3 key "cache-copy-layers" has no effect: ${everyLayer}`,
    ]);
  });

  test('that has both the old template and the new tag is only told to move on', async () => {
    const { warnings } = await load(
      'tag-template: {name: a, value: b}\ndefault-commit-tag: {value: a, validation: b}',
    );
    expect(warnings.map(({ hint }) => hint)).toEqual(['move the template to "default-commit-tag"']);
  });

  test('with the keys of the pipeline at the top is told where they belong', async () => {
    const text = 'ado-organization-url: https://dev.azure.com/o\nado-project-name: p\nado-pipeline-id: 1';
    await expect(load(text)).rejects.toMatchObject({
      details: { problems: Array(3).fill({ hint: 'it belongs in "ado-config"' }) },
    });
  });
});

describe('the shipped configuration', () => {
  const path = join(import.meta.dirname, '../../configs/image-builder-config.yaml');

  test('loads without a warning', async () => {
    const { settings, warnings } = await load(await readFile(path, 'utf8'));
    expect(warnings).toEqual([]);
    expect(settings).toMatchObject({
      registry: ['europe-docker.pkg.dev/kyma-project/prod'],
      devRegistry: ['europe-docker.pkg.dev/kyma-project/dev'],
      restrictedRegistry: [
        {
          push: 'europe-docker.pkg.dev/kyma-project/kyma-restricted-images-prod',
          pull: 'europe-docker.pkg.dev/kyma-project/restricted-prod',
        },
      ],
      restrictedDevRegistry: [
        {
          push: 'europe-docker.pkg.dev/kyma-project/kyma-restricted-images-dev',
          pull: 'europe-docker.pkg.dev/kyma-project/restricted-dev',
        },
      ],
      shortShaLength: 7,
      platforms: ['linux/arm64', 'linux/amd64'],
    });
  });

  test.each([
    ['defaultCommitTag', 'v20210930-1234567', 'v20210930-123456'],
    ['defaultCommitTag', 'v20210930-12345678', 'v20210930-123456789'],
    ['defaultPrTag', 'PR-123', 'PR-'],
    ['defaultMergeGroupTag', '0.0.0-MG.1234567', '0.0.0-MG.main'],
    ['defaultLocalTag', 'local-1234567-dirty', 'local-1234567-d'],
  ] as const)('has a pattern for %s that takes %s and not %s', async (key, right, wrong) => {
    const { settings } = await load(await readFile(path, 'utf8'));
    const pattern = new RegExp(settings[key]?.validation ?? '^$');
    expect([pattern.test(right), pattern.test(wrong)]).toEqual([true, false]);
  });
});
