import type { BuildReport } from '../build-report.ts';
import { code } from './inert-text.ts';
import { below, link, webAddress } from './link.ts';

type Source = NonNullable<BuildReport['source']>;

/** What was built and from what, by which rule, and where. */
export function sourceSection(report: BuildReport): string[] {
  const { source, dockerfile, architectures, policy_rule, run } = report;
  const lines = source === undefined ? [] : sourceLines(source);
  if (dockerfile !== undefined)
    lines.push(`- Dockerfile: ${link(dockerfile, fileAddress(report, dockerfile))}`);
  if (architectures.length > 0) lines.push(`- platforms: ${code(architectures.join(', '))}`);
  if (policy_rule !== undefined) lines.push(`- policy rule: ${code(policy_rule)}`);
  lines.push(...reuseLines(report));
  if (run !== undefined) lines.push(`- run: ${link(`${run.backend} ${run.id}`, webAddress(run.url))}`);
  return lines.length === 0 ? [] : ['### Source', '', ...lines];
}

function sourceLines(source: Source): string[] {
  const { event, repository, commit, ref, pull_request, dirty } = source;
  const address = webAddress(source.url);
  const change = dirty ? ', with uncommitted changes' : '';
  const lines = [
    `- event: ${code(event)}`,
    `- repository: ${link(repository, address)}`,
    `- commit: ${link(commit.slice(0, 12), commitAddress(source, 'commit'))}${change}`,
  ];
  if (ref !== undefined) lines.push(`- ref: ${code(ref)}`);
  if (pull_request !== undefined)
    lines.push(`- pull request: ${link(`#${pull_request}`, below(address, 'pull', String(pull_request)))}`);
  return lines;
}

/** Whose image it is when it was not built, or why it was, where the configuration asks for the former. */
function reuseLines(report: BuildReport): string[] {
  const { reuse, source, dockerfile = '' } = report;
  if (reuse?.from !== undefined) {
    const { commit, run, created } = reuse.from;
    const built = source === undefined ? undefined : commitAddress({ ...source, commit }, 'commit');
    const facts = [
      run === undefined ? '' : `, run ${code(run)}`,
      created === undefined ? '' : `, ${code(created)}`,
    ];
    return [`- reused: the image of ${link(commit.slice(0, 12), built)}${facts.join('')}`];
  }
  if (reuse?.reason === undefined) return [];
  const { line, reason } = reuse;
  const place =
    line === undefined ? '' : `${link(`${dockerfile}:${line}`, fileAddress(report, dockerfile, line))} `;
  return [`- not reused: ${place}${code(reason)}`];
}

/** Where people read a file of the commit that was built; paths are those of GitHub. */
export function fileAddress(
  { source }: BuildReport,
  untrustedFile: string,
  line?: number,
): string | undefined {
  if (source === undefined) return undefined;
  const address = below(commitAddress(source, 'blob'), untrustedFile);
  return address === undefined || line === undefined ? address : `${address}#L${line}`;
}

function commitAddress({ url, commit }: Source, view: 'commit' | 'blob'): string | undefined {
  return /^[0-9a-f]{40,64}$/.test(commit) ? below(webAddress(url), view, commit) : undefined;
}
