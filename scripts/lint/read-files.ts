import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LintContext } from './lint-file.ts';
import { asMapping, type LintFile, openYaml } from './yaml-file.ts';

const root = join(import.meta.dirname, '../..');

const patterns = [
  '.github/workflows/*.{yml,yaml}',
  '.github/actions/*/action.{yml,yaml}',
  'azure-pipelines/**/*.{yml,yaml}',
  'examples/**/workflows/*.{yml,yaml}',
];

/** The workflow that callers must name by its branch: no other reference is trusted. */
const movingReferences = ['kyma-project/test-infra/.github/workflows/image-builder.yml@main'];

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Everything that another program runs as it stands in the repository. */
export function filesToLint(): readonly LintFile[] {
  return globSync(patterns, { cwd: root })
    .toSorted()
    .map((path) => ({ path, text: read(path) }));
}

/** What the files of this repository may name. */
export function repositoryContext(): LintContext {
  const files = new Map(filesToLint().map((file) => [file.path, file]));
  return {
    movingReferences,
    readWorkflow: (path) => files.get(path)?.text,
    inputsOfAction: (path) => {
      const folder = path.replace(/^\.\//, '');
      const file = files.get(`${folder}/action.yml`) ?? files.get(`${folder}/action.yaml`);
      const opened = file === undefined ? [] : openYaml(file);
      return 'value' in opened ? Object.keys(asMapping(asMapping(opened.value).inputs)) : undefined;
    },
  };
}
