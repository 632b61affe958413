import { matchesGlob } from '../core/index.ts';
import { isRepositoryPath } from '../oci/index.ts';
import type { BuildQuestion, PolicyRule } from './question.ts';

type Conditions = PolicyRule['when'];

/** The conditions of a rule that a question does not meet, in words that follow "it is for"; none when it fits. */
export function unmetConditions(question: BuildQuestion, when: Conditions): readonly string[] {
  const { hosts, repositories, events, refs, images } = when;
  const { host, repository, event, imageName } = question;
  const ref = builtRef(question);
  return [
    ...unmet('hosts', hosts, (each) => each === host?.toLowerCase()),
    ...unmet(
      'repositories',
      repositories,
      (each) => isSourceName(repository) && matchesGlob(each, repository),
    ),
    ...unmet('events', events, (each) => each === event),
    ...unmet('refs', refs, (each) => ref !== undefined && isRef(ref) && matchesGlob(each, ref)),
    ...protection(question, when),
    ...unmet('images', images, (each) => isRepositoryPath(imageName) && matchesGlob(each, imageName)),
  ];
}

function unmet(
  what: string,
  wanted: readonly string[] | undefined,
  fits: (each: string) => boolean,
): string[] {
  return wanted === undefined || wanted.some(fits) ? [] : [`${what} ${wanted.join(', ')}`];
}

/** A pull request's event is about a ref of its base, which says nothing about the code that is built. */
function builtRef({ event, ref, pullRequest }: BuildQuestion): string | undefined {
  if (event !== 'pull_request_target') return ref;
  return pullRequest === undefined ? undefined : `refs/pull/${pullRequest}/head`;
}

function protection(question: BuildQuestion, { protected: wanted }: Conditions): string[] {
  const found = question.event !== 'pull_request_target' && question.protected === true;
  if (wanted === undefined || wanted === found) return [];
  return [wanted ? 'protected refs' : 'refs that are not protected'];
}

function isSourceName(text: string): boolean {
  return /^[\w.-]+(?:\/[\w.-]+)*$/.test(text);
}

/** As git allows them, but for rules that no name on a server breaks. */
function isRef(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no ref may hold
  return /^refs\/[^\s*?:~^\\[\u0000-\u001f\u007f]+$/.test(text) && !text.includes('..');
}
