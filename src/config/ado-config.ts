import { optional, required, section, withDefault } from './fields.ts';
import { duration, pause, serviceUrl, text, wholeNumber } from './scalars.ts';

const maxId = 2 ** 31 - 1;

const retryStrategy = section({
  attempts: withDefault(wholeNumber(1, 100), 3, { description: 'How often a request is tried in all.' }),
  delay: withDefault(pause, '5s', { description: 'Pause before a request is repeated.' }),
});

/** The Azure DevOps pipeline that builds, in the shape of deployed configurations. */
export const adoConfig = section({
  'ado-organization-url': required(serviceUrl, { description: 'Address of the Azure DevOps organization.' }),
  'ado-project-name': required(text, { description: 'Project that holds the pipeline.' }),
  'ado-pipeline-id': required(wholeNumber(1, maxId), { description: 'Id of the pipeline that builds.' }),
  'ado-pipeline-version': optional(wholeNumber(1, maxId), {
    description: 'Version of the pipeline; the newest when left out.',
  }),
  'ado-retry-strategy': withDefault(retryStrategy, {}, { description: 'How failed requests are repeated.' }),
  'ado-refresh-interval': withDefault(duration, '15s', {
    description: 'Longest pause between two looks at a running pipeline.',
  }),
});
