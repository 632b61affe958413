import type { Settings } from '../config/index.ts';

type Pipeline = Pick<NonNullable<Settings['adoConfig']>, 'adoOrganizationUrl' | 'adoPipelineId'>;

/** Whether the variables of this process are those of a run of this pipeline. */
export function isRunOf(
  { adoOrganizationUrl, adoPipelineId }: Pipeline,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const { SYSTEM_COLLECTIONURI: organization = '', SYSTEM_DEFINITIONID: pipeline } = environment;
  return pipeline === String(adoPipelineId) && address(organization) === address(String(adoOrganizationUrl));
}

/** Azure DevOps minds neither the case of an organization's name nor a slash behind it. */
function address(url: string): string {
  return url.toLowerCase().replace(/\/+$/, '');
}
