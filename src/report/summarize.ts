import { humanBytes, humanSeconds } from '../core/index.ts';
import type { BuildReport } from './build-report.ts';

/** The end of a build as people read it on a terminal or in a log: one block, every line useful. */
export function summarizeReport(report: BuildReport): string {
  const lines = [headline(report), ''];
  if (report.status === 'Succeeded') lines.push(...pullLines(report), '');
  else lines.push(...whereItStands(report));
  if (report.platforms.length > 0) lines.push(...platformLines(report), '');
  lines.push(...signatureLines(report));
  if (report.source !== undefined) lines.push(`source  ${sourceLine(report.source)}`);
  if (report.timings.length > 0) lines.push(`stages  ${stageLine(report)}`);
  lines.push(...reuseLines(report));
  if (report.run !== undefined) lines.push(`run     ${report.run.url}`);
  // What a build or another stage wrote into a field stays on the line of that field.
  return `${lines.map((line) => line.replace(/[\r\n]+/g, ' ')).join('\n')}\n`;
}

function headline(report: BuildReport): string {
  const done = report.reuse?.state === 'reused' ? 'reused' : 'built';
  const outcome = { Succeeded: done, Failed: 'failed', Canceled: 'cancelled' }[report.status];
  const digest = report.digest === '' ? '' : `  ${report.digest}`;
  const name = report.image_name === '' ? 'a build' : report.image_name;
  const took = report.seconds === 0 ? '' : ` in ${humanSeconds(report.seconds)}`;
  return `${outcome} ${name}${took}${digest}`;
}

function pullLines(report: BuildReport): string[] {
  return report.images_list.map((image) => `pull    ${image}`);
}

function whereItStands(report: BuildReport): string[] {
  const words = {
    tagged: 'complete, tags moved',
    pushed: 'complete by digest, no tag moved',
    missing: 'not there',
  };
  const started = report.repositories.some((each) => each.state !== 'missing');
  if (!started) return [];
  return [...report.repositories.map((each) => `${words[each.state].padEnd(33)}${each.repository}`), ''];
}

function platformLines(report: BuildReport): string[] {
  const rows = report.platforms.map((each) => [
    each.platform,
    humanBytes(each.size),
    humanSeconds(each.seconds),
    `${each.cached_steps}/${each.steps} cached`,
    each.digest,
  ]);
  return table([['platform', 'size', 'time', 'steps', 'digest'], ...rows]);
}

/** A line for each signer; what was only ordered is not called signed. */
function signatureLines({ signatures }: BuildReport): string[] {
  const signers = Map.groupBy(signatures, ({ signer }) => signer);
  return [...signers].map(([signer, made]) => {
    const count = `${made.length} ${made.length === 1 ? 'signature' : 'signatures'}`;
    if (made.some(({ state }) => state === 'requested'))
      return `asked   ${signer} for ${count}, which nobody has looked for`;
    const who = made.find(({ signed_by }) => signed_by !== undefined)?.signed_by;
    return `signed  by ${signer}: ${count}, found again and verified${who === undefined ? '' : `, ${who}`}`;
  });
}

function sourceLine(source: NonNullable<BuildReport['source']>): string {
  const change = source.pull_request === undefined ? '' : ` #${source.pull_request}`;
  const dirty = source.dirty ? ', with uncommitted changes' : '';
  return `${source.repository}${change} at ${source.commit.slice(0, 12)} (${source.event}${dirty})`;
}

function reuseLines({ reuse }: BuildReport): string[] {
  if (reuse?.from === undefined) return [];
  const { commit, run, created } = reuse.from;
  const facts = [run === undefined ? '' : `run ${run}`, created ?? ''].filter((fact) => fact !== '');
  const more = facts.length === 0 ? '' : ` (${facts.join(', ')})`;
  return [`reused  the image of commit ${commit.slice(0, 12)}${more}: nothing that goes into it has changed`];
}

function stageLine(report: BuildReport): string {
  return report.timings.map((each) => `${each.stage} ${humanSeconds(each.seconds)}`).join(', ');
}

/** Aligns columns with two spaces between them. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
