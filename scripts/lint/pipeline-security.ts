import type { Part, Stage } from './pipeline-parts.ts';
import { asList, asMapping, type LintProblem, textsIn, type YamlFile, type YamlPath } from './yaml-file.ts';

type Problem = YamlFile['problem'];

/** Macros that a caller has no influence on. */
const harmlessMacros = ['Pipeline.Workspace', 'Agent.TempDirectory'];

/** One command and its arguments, which a shell can take for nothing else. */
const oneCommand = /^exec image-builder pipeline [a-z]+(?: (?:[\w./-]+|"[\w./$() -]+"))*$/;

/** The question that must come before a value. */
const guard = /^\$\{\{ if contains\((parameters?\.\w+), '\$\('\) \}\}$/;

/** What the answer no leads to. */
const otherwise = '${{ else }}';

/** Whether a caller's text can get into a script, the value of a secret to a caller, or a log line to the agent. */
export function checkSecurity(file: YamlFile, stages: readonly Stage[]): readonly LintProblem[] {
  const steps = stages.flatMap(({ jobs }) => jobs).flatMap((job) => job.steps);
  return [
    ...checkParameterUse(file),
    ...steps.filter(({ value }) => 'script' in value).flatMap((step) => checkScript(step, file.problem)),
  ];
}

function checkScript({ value, place }: Part, problem: Problem): readonly LintProblem[] {
  const found: LintProblem[] = [];
  const script = String(value.script).trim();
  const target = asMapping(value.target);
  if (script.includes('${{'))
    found.push(problem([...place, 'script'], 'no expression belongs into a script'));
  for (const [, macro = ''] of script.matchAll(/\$\(([^)]*)\)?/g))
    if (!harmlessMacros.includes(macro))
      found.push(
        problem([...place, 'script'], `"$(${macro})" is put into the script; hand it over in "env"`),
      );
  if (!oneCommand.test(script) || /\n/.test(script))
    found.push(
      problem([...place, 'script'], 'expected one command "exec image-builder pipeline …" and nothing else'),
    );
  if (target.container !== 'host' || target.commands !== 'restricted')
    found.push(
      problem(
        place,
        'the step may speak every command; set "target: { container: host, commands: restricted }"',
      ),
    );
  if (target.settableVariables !== 'none' && asList(target.settableVariables).length === 0)
    found.push(problem(place, 'the step may set every variable; name them in "settableVariables", or none'));
  return found;
}

/** Of parameters, values go to the environment of a step alone, behind the question whether there is a macro in them. */
function checkParameterUse({ value, problem }: YamlFile): readonly LintProblem[] {
  const declared = asList(asMapping(value).parameters).map((item) => String(asMapping(item).name));
  return [...textsIn(value)].flatMap(({ text, place, isKey }) => {
    const expressions = [...text.matchAll(/\$\{\{(.*?)\}\}/gs)].map((match) => match[1] ?? '');
    const names = expressions.flatMap((expression) =>
      [...expression.matchAll(/\bparameters(?:\.(\w+)|\['([^']*)'\])/g)].map(
        (match) => match[1] ?? match[2] ?? '',
      ),
    );
    const unknown = names
      .filter((name) => !declared.includes(name))
      .map((name) => problem(place, `there is no parameter "${name}"`));
    const inserts = expressions.some((expression) => /\bparameters?\b(?!\.key\b)/.test(expression));
    if (isKey || !inserts || isGuarded(value, text, place)) return unknown;
    return [...unknown, problem(place, 'a macro in the parameter would be replaced, by a secret too')];
  });
}

/** Whether a value stands in `env` under `${{ else }}`, after `${{ if contains(that value, '$(') }}`. */
function isGuarded(root: unknown, text: string, place: YamlPath): boolean {
  const at = place.lastIndexOf(otherwise);
  if (!place.includes('env') || at < 0) return false;
  const siblings = Object.keys(asMapping(valueAt(root, place.slice(0, at))));
  const before = siblings[siblings.indexOf(otherwise) - 1] ?? '';
  const asked = guard.exec(before)?.[1];
  return asked !== undefined && text.trim() === `\${{ ${asked} }}`;
}

function valueAt(root: unknown, place: YamlPath): unknown {
  return place.reduce((value: unknown, key) => (value as Record<string | number, unknown>)[key], root);
}
