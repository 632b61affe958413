import { ImageBuilderError } from '../../core/index.ts';
import { parseCommitId, parseRef, parseRepositoryName } from '../source-request.ts';
import type { CiBuild, CiEvent, Environment } from './ci-build.ts';
import { readVariable, requireNumber, requireVariable } from './read-variable.ts';

/** The job types of the deployed pipeline. */
const events: Readonly<Record<string, CiEvent>> = {
  presubmit: 'pull_request_target',
  postsubmit: 'push',
  merge_group: 'merge_group',
  workflow_dispatch: 'workflow_dispatch',
  schedule: 'schedule',
};

/** The deployed pipeline does not say where its repositories are. */
const host = 'github.com';

/** What an Azure DevOps run is for, in the variables of the deployed pipeline. Throws `request.invalid`. */
export function readAzureBuild(environment: Environment): CiBuild {
  const event = parseJobType(requireVariable(environment, 'JOB_TYPE'));
  const owner = requireVariable(environment, 'REPO_OWNER');
  const { name } = parseRepositoryName({ host, owner, name: requireVariable(environment, 'REPO_NAME') });
  const ref = readVariable(environment, 'BASE_REF');
  const url = runUrl(environment);
  return {
    ci: 'azure',
    host,
    owner,
    name,
    event,
    ...(ref === undefined ? {} : { ref: parseRef(ref.startsWith('refs/') ? ref : `refs/heads/${ref}`) }),
    ...commits(event, environment),
    runId: requireNumber(environment, 'BUILD_BUILDID'),
    ...(url === undefined ? {} : { runUrl: url }),
    notes: [],
  };
}

/** Of a merge group the deployed client sends the number 0, and its commit in both places. */
function commits(
  event: CiEvent,
  environment: Environment,
): Pick<CiBuild, 'eventSha' | 'commitSha' | 'pullRequest'> {
  const base = parseCommitId(requireVariable(environment, 'PULL_BASE_SHA'));
  if (event === 'pull_request_target')
    return {
      eventSha: base,
      commitSha: parseCommitId(requireVariable(environment, 'PULL_PULL_SHA')),
      pullRequest: Number(requireNumber(environment, 'PULL_NUMBER')),
    };
  const head = event === 'merge_group' ? readVariable(environment, 'PULL_PULL_SHA') : undefined;
  const commitSha = head === undefined ? base : parseCommitId(head);
  return { eventSha: commitSha, commitSha };
}

function parseJobType(untrustedText: string): CiEvent {
  const event = Object.hasOwn(events, untrustedText) ? events[untrustedText] : undefined;
  if (event !== undefined) return event;
  const message = `job type "${untrustedText}" is not supported`;
  const hint = `supported job types: ${Object.keys(events).join(', ')}`;
  throw new ImageBuilderError('request.invalid', message, { field: 'JOB_TYPE' }, { hint });
}

function runUrl(environment: Environment): string | undefined {
  const organization = readVariable(environment, 'SYSTEM_COLLECTIONURI');
  const project = readVariable(environment, 'SYSTEM_TEAMPROJECT');
  const run = readVariable(environment, 'BUILD_BUILDID');
  if (organization === undefined || project === undefined || !URL.canParse(organization)) return undefined;
  return new URL(`${encodeURIComponent(project)}/_build/results?buildId=${run}`, organization).href;
}
