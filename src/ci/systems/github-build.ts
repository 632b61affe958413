import { ImageBuilderError, nearest } from '../../core/index.ts';
import { isLoopbackRegistry } from '../../oci/index.ts';
import { parseCommitId, parseRef, parseRepositoryName } from '../source-request.ts';
import type { CiBuild, CiEvent, Environment, ReadFile } from './ci-build.ts';
import { readPayload } from './event-payload.ts';
import { readVariable, requireNumber, requireVariable } from './read-variable.ts';

/** What only the payload of an event, or nothing but the environment, tells. */
type EventFacts = Pick<CiBuild, 'commitSha' | 'pullRequest' | 'notes'>;

interface GithubRun {
  readonly environment: Environment;
  readonly readFile: ReadFile;
  /** `GITHUB_SHA`, which is what the token's claim `sha` says. */
  readonly eventSha: string;
  /** `owner/name` of the repository that the event happened in. */
  readonly repository: string;
}

type ReadEvent = (run: GithubRun) => Promise<EventFacts>;

const events: Readonly<Record<CiEvent, ReadEvent>> = {
  push: readPush,
  pull_request_target: readPullRequest,
  merge_group: readMergeGroup,
  workflow_dispatch: readCommitOfEvent,
  schedule: readCommitOfEvent,
};

/** What a GitHub workflow runs for. Throws `request.invalid`, and `source.invalid` for a payload that cannot be read. */
export async function readGithubBuild(environment: Environment, readFile: ReadFile): Promise<CiBuild> {
  const event = parseEvent(requireVariable(environment, 'GITHUB_EVENT_NAME'));
  const repository = requireVariable(environment, 'GITHUB_REPOSITORY');
  const server = parseServer(readVariable(environment, 'GITHUB_SERVER_URL') ?? 'https://github.com');
  const [owner = '', ...rest] = repository.split('/');
  const { host, name } = parseRepositoryName({ host: server.host, owner, name: rest.join('/') });
  const eventSha = parseCommitId(requireVariable(environment, 'GITHUB_SHA'));
  const facts = await events[event]({ environment, readFile, eventSha, repository });
  if (event !== 'pull_request_target' && facts.commitSha !== eventSha)
    throw otherCommit(event, facts, eventSha);
  const runId = requireNumber(environment, 'GITHUB_RUN_ID');
  return {
    ci: 'github',
    host,
    owner,
    name,
    event,
    ref: parseRef(requireVariable(environment, 'GITHUB_REF')),
    eventSha,
    ...facts,
    runId,
    runUrl: `${server.origin}/${owner}/${name}/actions/runs/${runId}`,
  };
}

/** For a tag with an object of its own, `after` names that object, and `head_commit` its commit. */
async function readPush({ environment, readFile, eventSha }: GithubRun): Promise<EventFacts> {
  const { ref, deleted, head_commit: head } = await readPayload('push', environment, readFile);
  if (deleted) {
    const hint = 'leave deletions out, with "if: github.event.deleted == false" at the job';
    throw invalid('event', `"${ref}" was deleted, so there is nothing to build`, hint);
  }
  return { commitSha: head === null ? eventSha : parseCommitId(head.id), notes: [] };
}

/** The head is to be had from the base repository, so it does not matter whether its fork is still there. */
async function readPullRequest({ environment, readFile, repository }: GithubRun): Promise<EventFacts> {
  const payload = await readPayload('pull_request_target', environment, readFile);
  const { number, pull_request: pull } = payload;
  const gone = `the fork of pull request ${number} is gone; its commit is taken from "${repository}"`;
  return {
    commitSha: parseCommitId(pull.head.sha),
    pullRequest: number,
    notes: pull.head.repo === null ? [gone] : [],
  };
}

async function readMergeGroup({ environment, readFile }: GithubRun): Promise<EventFacts> {
  const { merge_group: group } = await readPayload('merge_group', environment, readFile);
  return { commitSha: parseCommitId(group.head_sha), notes: [] };
}

async function readCommitOfEvent({ eventSha }: GithubRun): Promise<EventFacts> {
  return { commitSha: eventSha, notes: [] };
}

function parseEvent(untrustedName: string): CiEvent {
  const known = Object.keys(events);
  if (known.includes(untrustedName)) return untrustedName as CiEvent;
  const message = `event "${untrustedName}" is not supported`;
  const instead = untrustedName.startsWith('pull_request')
    ? 'pull_request_target'
    : nearest(untrustedName, known);
  const advice = instead === undefined ? '' : `start the workflow with "${instead}" instead; `;
  throw invalid('event', message, `${advice}supported events: ${known.join(', ')}`);
}

/** Plain HTTP is for a server on this machine alone. */
function parseServer(untrustedUrl: string): URL {
  const url = URL.canParse(untrustedUrl) ? new URL(untrustedUrl) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackRegistry(url.host));
  if (url !== undefined && safe) return url;
  throw invalid('GITHUB_SERVER_URL', `"${untrustedUrl}" is no https address of a server`);
}

function otherCommit(event: CiEvent, { commitSha }: EventFacts, eventSha: string): ImageBuilderError {
  const message = `the payload of event "${event}" names commit "${commitSha}", and GITHUB_SHA "${eventSha}"`;
  return invalid('commit', message, 'start the workflow anew');
}

function invalid(field: string, message: string, hint?: string): ImageBuilderError<'request.invalid'> {
  return new ImageBuilderError('request.invalid', message, { field }, { hint });
}
