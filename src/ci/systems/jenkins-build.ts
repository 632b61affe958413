import { ImageBuilderError } from '../../core/index.ts';
import { parseGitRemote, type RemoteRepository } from '../git-remote.ts';
import { parseCommitId, parseRef, parseRepositoryName } from '../source-request.ts';
import type { CiBuild, Environment } from './ci-build.ts';
import { readVariable, requireNumber, requireVariable } from './read-variable.ts';

type JenkinsEvent = Pick<CiBuild, 'event' | 'ref' | 'eventSha' | 'commitSha' | 'pullRequest' | 'notes'>;

/** What a Jenkins build is for: a pull request where there is `CHANGE_ID`, else a push. Throws `request.invalid`. */
export function readJenkinsBuild(environment: Environment): CiBuild {
  const { host, owner, name } = parseRemote(requireVariable(environment, 'GIT_URL'));
  const runUrl = readVariable(environment, 'BUILD_URL');
  const isPullRequest = readVariable(environment, 'CHANGE_ID') !== undefined;
  return {
    ci: 'jenkins',
    host,
    owner,
    name,
    ...(isPullRequest ? readPullRequest(environment) : readPush(environment)),
    runId: requireNumber(environment, 'BUILD_NUMBER'),
    ...(runUrl !== undefined && URL.canParse(runUrl) ? { runUrl } : {}),
  };
}

/** Jenkins does not say the commit of the base; `CHANGE_BASE_SHA` is agreed on with those who write the pipeline. */
function readPullRequest(environment: Environment): JenkinsEvent {
  const hint = 'set it in the Jenkinsfile to the commit of the base, as git rev-parse tells it';
  const { branch, notes } = readBase(environment);
  return {
    event: 'pull_request_target',
    ref: parseRef(`refs/heads/${branch}`),
    eventSha: parseCommitId(requireVariable(environment, 'CHANGE_BASE_SHA', hint)),
    commitSha: parseCommitId(requireVariable(environment, 'GIT_COMMIT')),
    pullRequest: Number(requireNumber(environment, 'CHANGE_ID')),
    notes,
  };
}

/** `CHANGE_BRANCH` is the head for Jenkins; the deployed contract says that it is the base. */
function readBase(environment: Environment): { readonly branch: string; readonly notes: readonly string[] } {
  const branch = readVariable(environment, 'CHANGE_BRANCH');
  if (readVariable(environment, 'CHANGE_TARGET') !== undefined || branch === undefined)
    return { branch: requireVariable(environment, 'CHANGE_TARGET'), notes: [] };
  const meaning = `CHANGE_BRANCH "${branch}" counts as the base, as it did in earlier versions`;
  return { branch, notes: [`CHANGE_TARGET is not set, so ${meaning}; for Jenkins it is the head`] };
}

function readPush(environment: Environment): JenkinsEvent {
  const commitSha = parseCommitId(requireVariable(environment, 'GIT_COMMIT'));
  return { event: 'push', ref: readRef(environment), eventSha: commitSha, commitSha, notes: [] };
}

/** Multibranch jobs set `BRANCH_NAME`, and `TAG_NAME` for a tag; all others have `GIT_BRANCH`, with the remote's name. */
function readRef(environment: Environment): string {
  const tag = readVariable(environment, 'TAG_NAME');
  if (tag !== undefined) return parseRef(`refs/tags/${tag}`);
  const hint = 'set it to the branch that is built';
  const branch =
    readVariable(environment, 'BRANCH_NAME') ??
    localName(readVariable(environment, 'GIT_BRANCH')) ??
    requireVariable(environment, 'BRANCH_NAME', hint);
  return parseRef(branch.startsWith('refs/') ? branch : `refs/heads/${branch}`);
}

/** The branch behind `origin/main`; the git plugin says `detached` when it knows none. */
function localName(branch: string | undefined): string | undefined {
  if (branch === undefined || branch === 'detached') return undefined;
  return branch.replace(/^(?:refs\/remotes\/)?origin\//, '');
}

function parseRemote(untrustedUrl: string): RemoteRepository {
  const remote = parseGitRemote(untrustedUrl);
  // The text may hold a password.
  if (remote !== undefined) return parseRepositoryName({ ...remote, host: remote.host.toLowerCase() });
  const hint = 'expected for example https://github.com/OWNER/NAME.git or git@github.com:OWNER/NAME.git';
  const message = 'variable "GIT_URL" names no repository on a server';
  throw new ImageBuilderError('request.invalid', message, { field: 'GIT_URL' }, { hint });
}
