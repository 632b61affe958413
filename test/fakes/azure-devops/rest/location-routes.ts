import type { RestCall, Route } from './route.ts';

type Row = readonly [
  id: string,
  area: string,
  resource: string,
  template: string,
  version: number,
  min: string,
];

/** As they were recorded. */
const rows: readonly Row[] = [
  [
    '28e1305e-2afe-47bf-abaf-cbb0e6a91988',
    'Pipelines',
    'pipelines',
    '{project}/_apis/{area}/{pipelineId}',
    1,
    '5.1',
  ],
  [
    '7859261e-d2e9-4a68-b820-a5d84cc5bb3d',
    'Pipelines',
    'runs',
    '{project}/_apis/{area}/{pipelineId}/{resource}/{runId}',
    2,
    '5.1',
  ],
  [
    '53df2d18-29ea-46a9-bee0-933540f80abf',
    'pipelines',
    'preview',
    '{project}/_apis/{area}/{pipelineId}/{resource}',
    2,
    '5.1',
  ],
  [
    'fb1b6d27-3957-43d5-a14b-a2d70403e545',
    'Pipelines',
    'logs',
    '{project}/_apis/{area}/{pipelineId}/runs/{runId}/{resource}/{logId}',
    1,
    '5.1',
  ],
  [
    '0cd358e1-9217-4d94-8269-1c1ee6f93dcf',
    'Build',
    'Builds',
    '{project}/_apis/build/{resource}/{buildId}',
    7,
    '1.0',
  ],
  [
    '35a80daf-7f30-45fc-86e8-6b813d9c90df',
    'build',
    'logs',
    '{project}/_apis/{area}/builds/{buildId}/{resource}/{logId}',
    2,
    '2.0',
  ],
  [
    '8baac422-4c6e-4de5-8532-db96d92acffa',
    'build',
    'Timeline',
    '{project}/_apis/{area}/builds/{buildId}/{resource}/{timelineId}',
    3,
    '2.0',
  ],
  [
    'b8aac6c9-744b-46e1-88fc-3550969f9313',
    'build',
    'stages',
    '{project}/_apis/{area}/builds/{buildId}/{resource}/{stageRefName}',
    1,
    '6.0',
  ],
  [
    'e81700f7-3be2-46de-8624-2eb35882fcaa',
    'Location',
    'ResourceAreas',
    '_apis/{resource}/{areaId}',
    1,
    '3.2',
  ],
];

/** What official clients ask for before anything else; below the organization, not a project. */
export const locationRoutes: readonly Route[] = [
  { method: 'OPTIONS', pattern: '', query: [], answer: () => listed(rows) },
  { method: 'OPTIONS', pattern: '{area}', query: [], answer: areaLocations },
  {
    method: 'GET',
    pattern: 'ResourceAreas',
    query: [],
    answer: () => ({ status: 200, body: { count: 0, value: null } }),
  },
];

function areaLocations({ path }: RestCall) {
  return listed(rows.filter(([, area]) => area.toLowerCase() === path.area?.toLowerCase()));
}

function listed(some: readonly Row[]) {
  const value = some.map(([id, area, resourceName, routeTemplate, resourceVersion, minVersion]) => ({
    id,
    area,
    resourceName,
    routeTemplate,
    resourceVersion,
    minVersion,
    maxVersion: '7.2',
    releasedVersion: '7.1',
  }));
  return { status: 200, body: { count: value.length, value } };
}
