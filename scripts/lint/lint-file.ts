import { askActionlint } from './actionlint.ts';
import { askLanguageService } from './language-service.ts';
import { checkOutputs } from './pipeline-outputs.ts';
import { stagesOf } from './pipeline-parts.ts';
import { checkSecurity } from './pipeline-security.ts';
import { checkShape } from './pipeline-shape.ts';
import { checkWorkflow, type WorkflowContext } from './workflow-rules.ts';
import { type LintFile, type LintProblem, openYaml } from './yaml-file.ts';

export interface LintContext extends WorkflowContext {
  /** The text of a workflow of this repository, which others may name with or without the repository. */
  readonly readWorkflow: (path: string) => string | undefined;
}

/** Lints a pipeline of Azure DevOps, an `action.yml`, or a GitHub workflow: its path says which of them it is. */
export async function lintFile(file: LintFile, context: LintContext): Promise<readonly LintProblem[]> {
  const opened = openYaml(file);
  if (!('value' in opened)) return opened;
  if (file.path.startsWith('azure-pipelines/')) {
    const stages = stagesOf(opened.value);
    return [checkShape, checkSecurity, checkOutputs].flatMap((check) => check(opened, stages));
  }
  const schema = await askLanguageService(file, context.readWorkflow);
  if (/(?:^|\/)action\.ya?ml$/.test(file.path)) return schema;
  return [...schema, ...(await askActionlint(file)), ...checkWorkflow(opened, context)];
}
