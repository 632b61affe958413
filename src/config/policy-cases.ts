import * as z from 'zod/mini';
import { deepFreeze } from '../core/index.ts';
import { fileProblems, invalid, jitless } from './check-document.ts';
import { distinct, expecting, listOf, optional, required, section, withDefault } from './fields.ts';
import { readConfigFile } from './find-config-file.ts';
import { alternative, flag, oneOf, text, wholeNumber } from './scalars.ts';
import type { DeepReadonly } from './settings-schema.ts';
import { parseYaml } from './yaml-document.ts';

/** Whatever somebody may write, the empty text included: what policy makes of it is to be tested. */
const anyText = expecting(z.string(), { expected: 'a text' });
const texts = (expected: string) => listOf(anyText, expected);

const question = section({
  origin: withDefault(oneOf(['remote', 'local']), 'remote', {
    description: 'Whether a verified caller asks, or whoever runs the program on a machine of their own.',
  }),
  host: withDefault(anyText, 'github.com', { description: 'Host that the source lies on.' }),
  repository: required(anyText, { description: 'Source repository as owner/name.' }),
  event: required(anyText, { description: 'Event.' }),
  ref: optional(anyText, { description: 'Full ref of the event.' }),
  protected: optional(flag, { description: 'Whether the ref is protected.' }),
  'pull-request': optional(wholeNumber(1, 999_999_999), { description: 'Number of the pull request.' }),
  commit: optional(anyText, { description: 'Commit to build.' }),
  image: required(anyText, { description: 'Image name.' }),
  restricted: withDefault(flag, false, { description: 'Whether `use-restricted-registry` is set.' }),
  'private-go-modules': withDefault(flag, false, {
    description: 'Whether it asks for the logins for private Go modules.',
  }),
  registries: withDefault(texts('a list of repositories'), [], { description: 'Values of `--registry`.' }),
  bases: withDefault(texts('a list of images'), [], { description: 'Base images that the build uses.' }),
});

const verdicts = ['allowed', 'denied'] as const;
const rule = optional(text, { description: 'Name of the rule, or of the setting, that decides.' });
const verdict = <Word extends (typeof verdicts)[number]>(word: Word) =>
  required(alternative(word, verdicts), { description: 'What policy says.' });

const expectation = expecting(
  z.discriminatedUnion('verdict', [
    section({
      verdict: verdict('allowed'),
      rule,
      destinations: optional(texts('a list of repositories'), {
        description: 'Every repository that the image is pushed to, with its own name.',
      }),
      signers: optional(texts('a list of names of signers'), {
        description: 'Every signer of the image; empty for none.',
      }),
    }),
    section({ verdict: verdict('denied'), rule }),
  ]),
  { expected: 'a mapping with "verdict" and what else is expected' },
);

const policyCase = section({
  name: required(text, { description: 'Name of the case.' }),
  question: required(question, { description: 'What is asked.' }),
  expect: required(expectation, { description: 'The verdict; what is left out is not compared.' }),
});

const casesFile = section({
  cases: required(
    expecting(
      z.array(policyCase).check(
        z.minLength(1),
        distinct(({ name }) => name),
      ),
      { expected: 'a list of cases, each with "name", "question" and "expect"' },
    ),
    { description: 'The cases.' },
  ),
});

/** Questions to policy and the verdicts that are expected, every default applied, frozen. */
export type PolicyCase = DeepReadonly<z.output<typeof policyCase>>;

/** Reads a table of cases and checks it as a whole. Throws `config.invalid` with every problem, or `config.not-found`. */
export async function loadPolicyCases(file: string): Promise<readonly PolicyCase[]> {
  const { text: content } = await readConfigFile(file, 'named on the command line');
  const found = parseYaml(content, file);
  if (found.kind === 'refused') throw invalid(file, found.problems);
  const problems = [...found.problems, ...fileProblems(casesFile, found.document)];
  if (problems.length > 0) throw invalid(file, problems);
  return deepFreeze(z.parse(casesFile, found.document.tree, jitless)).cases;
}
