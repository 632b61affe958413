import { expect, test } from 'vitest';
import { isRunOf } from './is-run-of.ts';

const pipeline = { adoOrganizationUrl: 'https://dev.azure.com/Team', adoPipelineId: 7 };
const run = { SYSTEM_COLLECTIONURI: 'https://dev.azure.com/team/', SYSTEM_DEFINITIONID: '7' };

test.each([
  ['a run of the pipeline', run, true],
  ['one of another pipeline', { ...run, SYSTEM_DEFINITIONID: '70' }, false],
  ['one of another organization', { ...run, SYSTEM_COLLECTIONURI: 'https://dev.azure.com/team2/' }, false],
  ['no run at all', {}, false],
])('%s is told by its variables', (_, environment, expected) => {
  expect(isRunOf(pipeline, environment)).toBe(expected);
});
