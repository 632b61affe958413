import { members, textOf } from './untrusted-json.ts';

export interface PipelinePlace {
  readonly organizationUrl: string;
  readonly project: string;
  readonly pipelineId: number;
  readonly pipelineVersion: number | undefined;
}

/** The page of a run: the link of the answer when it leads to the organization's own server, else our own. */
export function runLink(
  untrustedRun: Readonly<Record<string, unknown>>,
  id: number,
  { organizationUrl, project }: PipelinePlace,
): string {
  const untrustedLink = textOf(members(members(untrustedRun._links).web).href) ?? '';
  const organization = organizationUrl.replace(/\/+$/, '');
  const link = URL.canParse(untrustedLink) ? new URL(untrustedLink) : undefined;
  const isOwn = link?.origin === new URL(organization).origin && link.username === '' && link.password === '';
  if (isOwn) return link.href;
  return `${organization}/${encodeURIComponent(project)}/_build/results?buildId=${id}`;
}
