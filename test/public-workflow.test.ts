import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly on: {
    readonly workflow_call: {
      readonly inputs: Readonly<Record<string, { readonly default: unknown; readonly required: boolean }>>;
      readonly outputs: Readonly<Record<string, unknown>>;
    };
  };
  readonly jobs: Readonly<Record<string, { readonly permissions: unknown; readonly steps: readonly Step[] }>>;
}

const folder = join(import.meta.dirname, '../.github');
const read = (path: string) => parse(readFileSync(join(folder, path), 'utf8')) as unknown;
const workflow = read('workflows/image-builder.yml') as Workflow;
const action = read('actions/image-builder/action.yml') as {
  readonly inputs: Readonly<Record<string, { readonly default: unknown }>>;
};
const job = workflow.jobs['build-image'] ?? { permissions: undefined, steps: [] };
const { inputs, outputs } = workflow.on.workflow_call;

describe('the workflow that callers use', () => {
  test('has the inputs and defaults that callers know', () => {
    expect(Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.default]))).toEqual({
      name: '${{ github.event.repository.name }}',
      dockerfile: './Dockerfile',
      context: '.',
      'build-args': '',
      tags: '',
      platforms: 'linux/arm64\nlinux/amd64\n',
      'export-tags': false,
      target: '',
      'use-restricted-registry': false,
      'use-go-internal-sap-modules': false,
    });
    expect(Object.values(inputs).filter(({ required }) => required)).toEqual([]);
  });

  test('has the outputs that callers know, and the platforms', () => {
    const names = ['adoResult', 'architectures', 'build-report', 'digest', 'images'];
    expect(Object.keys(outputs).toSorted()).toEqual(names);
  });

  test('may read the source and ask for a token, and nothing else', () => {
    expect(job.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  });

  test('hands no secret to the action', () => {
    expect(readFileSync(join(folder, 'workflows/image-builder.yml'), 'utf8')).not.toContain('secrets.');
    expect(job.steps.at(-1)?.with).not.toHaveProperty('azure-client-secret');
  });

  test('says the same of an input as the action does', () => {
    const { name: _, ...common } = inputs;
    for (const [name, input] of Object.entries(common))
      expect([name, action.inputs[name]?.default]).toEqual([name, String(input.default)]);
  });
});

describe('its first step', () => {
  const trusted = 'kyma-project/test-infra/.github/workflows/image-builder.yml@refs/heads/main';

  /** Runs the script of the step as the runner does. */
  function refuse(OWNER: string, WORKFLOW: string) {
    const { env, run = '' } = job.steps[0] ?? {};
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', run],
      { env: { ...env, OWNER, WORKFLOW, PATH: process.env.PATH }, encoding: 'utf8' },
    );
    return { status, said: stdout + stderr };
  }

  test('lets the trusted reference pass', () => {
    expect(refuse('kyma-project', trusted)).toEqual({ status: 0, said: '' });
  });

  test.each(['somebody', 'kyma-project-2', 'Kyma-project', '', '*'])(
    'refuses owner "%s" in words',
    (owner) => {
      expect(refuse(owner, trusted)).toEqual({
        status: 3,
        said: `::error title=image-builder::Image Builder is for repositories of kyma-project; this one is of ${owner}\n`,
      });
    },
  );

  test.each([
    trusted.replace('main', 'v1'),
    trusted.replace('heads/main', 'tags/main'),
    trusted.replace('kyma-project', 'somebody'),
    `${trusted}$(id)`,
    '',
  ])('refuses reference "%s" and names the trusted one', (reference) => {
    expect(refuse('kyma-project', reference)).toEqual({
      status: 3,
      said: `::error title=image-builder::use kyma-project/test-infra/.github/workflows/image-builder.yml@main instead of ${reference}: no other reference is trusted\n`,
    });
  });
});
