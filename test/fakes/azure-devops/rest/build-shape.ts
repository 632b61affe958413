import type { Run } from '../runs/run.ts';
import { serviceTime } from '../runs/service-time.ts';
import { projectUrl, type Service } from './service.ts';

const person = {
  displayName: 'Emulator',
  url: 'https://spsprodweu1.vssps.visualstudio.com/_apis/Identities/11111111-1111-1111-1111-111111111111',
  _links: { avatar: { href: 'https://dev.azure.com/_apis/GraphProfile/MemberAvatars/aad.emulator' } },
  id: '11111111-1111-1111-1111-111111111111',
  uniqueName: 'emulator@example.com',
  imageUrl: 'https://dev.azure.com/_apis/GraphProfile/MemberAvatars/aad.emulator',
  descriptor: 'aad.emulator',
};

/** A run as the Build API shows it, keys in the recorded order; those of what has not happened yet are absent. */
export function buildShape(run: Run, service: Service): Record<string, unknown> {
  const base = projectUrl(service);
  const url = `${base}/_apis/build/Builds/${run.id}`;
  return {
    _links: linksOf(run, url, base),
    properties: {},
    tags: [...run.tags],
    validationResults: [],
    plans: [{ planId: run.planId }],
    triggerInfo: {},
    id: run.id,
    buildNumber: run.name,
    status: run.status,
    ...(run.result !== undefined && { result: run.result }),
    queueTime: serviceTime(run.queueTime),
    ...(run.startTime !== undefined && { startTime: serviceTime(run.startTime) }),
    ...(run.finishTime !== undefined && { finishTime: serviceTime(run.finishTime) }),
    url,
    definition: definitionOf(service, base),
    buildNumberRevision: Number(/\d+$/.exec(run.name)?.[0] ?? 1),
    project: projectOf(service),
    uri: `vstfs:///Build/Build/${run.id}`,
    sourceBranch: run.request.refName,
    sourceVersion: run.request.version,
    queue: { id: 9, name: 'Default', pool: { id: 1, name: 'Default', isHosted: false } },
    priority: 'normal',
    reason: 'manual',
    requestedFor: person,
    requestedBy: person,
    lastChangedDate: run.lastChanged.toISOString(),
    lastChangedBy: person,
    orchestrationPlan: { planId: run.planId },
    logs: { id: 0, type: 'Container', url: `${base}/_apis/build/builds/${run.id}/logs` },
    repository: repositoryOf(service, base),
    keepForever: false,
    retainedByRelease: false,
    triggeredByBuild: null,
    appendCommitMessageToRunName: true,
  };
}

function linksOf(run: Run, url: string, base: string): object {
  return {
    self: { href: url },
    web: { href: `${base}/_build/results?buildId=${run.id}` },
    sourceVersionDisplayUri: { href: `${base}/_apis/build/builds/${run.id}/sources` },
    timeline: { href: `${base}/_apis/build/builds/${run.id}/Timeline` },
    badge: { href: `${base}/_apis/build/status/1` },
  };
}

function definitionOf(service: Service, base: string): object {
  const { id, name, revision } = service.pipeline;
  return {
    drafts: [],
    id,
    name,
    url: `${base}/_apis/build/Definitions/${id}?revision=${revision}`,
    uri: `vstfs:///Build/Definition/${id}`,
    path: '\\',
    type: 'build',
    queueStatus: 'enabled',
    revision,
    project: projectOf(service),
  };
}

function projectOf({ origin, organization, project }: Service): object {
  const { id, name } = project;
  return {
    id,
    name,
    url: `${origin}/${organization}/_apis/projects/${id}`,
    state: 'wellFormed',
    revision: 11,
    visibility: 'private',
    lastUpdateTime: '2025-01-10T12:22:12.810Z',
  };
}

function repositoryOf({ project }: Service, base: string): object {
  const url = `${base}/_git/${project.name}`;
  return {
    id: project.id,
    type: 'TfsGit',
    name: project.name,
    url,
    clean: null,
    checkoutSubmodules: false,
  };
}
