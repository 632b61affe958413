import { optional, required, section, withDefault } from './fields.ts';
import { duration, oneOf, pause, serviceUrl, text, wholeNumber } from './scalars.ts';

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
  'ado-refresh-interval': withDefault(duration, '5s', {
    description:
      'Longest pause between two looks at a running pipeline; at its beginning and near its end it is looked at every second.',
  }),
  'ado-timeout': withDefault(duration, '2h', {
    description: 'Longest time that a run may take, its time in the queue included; then it is told to stop.',
  }),
  'ado-parameters': withDefault(oneOf(['encoded', 'deployed']), 'encoded', {
    description:
      'What the pipeline takes: `encoded` is that of this version, with the token as a secret variable; `deployed` that of older ones, with plain texts and the token as parameter `Authorization`.',
  }),
  'ado-sign-in-redirect': withDefault(oneOf(['suppress', 'allow']), 'suppress', {
    description:
      'Whether Azure DevOps is asked to refuse bad credentials without a redirect; `allow` is for tenants that do not take the request.',
  }),
  'azure-tenant-id': optional(text, {
    description: 'Entra tenant that we log in to; `AZURE_TENANT_ID` when left out.',
  }),
  'azure-client-id': optional(text, {
    description: 'Entra application that we log in as; `AZURE_CLIENT_ID` when left out.',
  }),
});
