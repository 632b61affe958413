import type { BuildReport } from '../build-report.ts';
import { cell, fence } from './inert-text.ts';
import { isShellWord } from './shell-word.ts';
import { some } from './some.ts';
import { table } from './table.ts';

const shownSigners = 30;
const shownLines = 30;

type Signature = BuildReport['signatures'][number];

const states = {
  verified: 'found again and verified',
  requested: 'requested, nobody has looked for it',
} as const;

/** Who signed how much, whether it was seen again, and how everybody can see for themselves. */
export function signatureSection(report: BuildReport): string[] {
  const { signatures, status } = report;
  if (signatures.length === 0)
    return status === 'Succeeded' ? ['### Signatures', '', 'This image is not signed.'] : [];
  const groups = [
    ...Map.groupBy(signatures, ({ signer, kind, state }) => [signer, kind, state].join(' ')).values(),
  ];
  const { shown, rest } = some(groups, shownSigners, 'signers');
  const rows = shown.map(signerRow);
  const titles = ['signer', 'kind', 'state', 'signatures', 'signed by'];
  return ['### Signatures', '', ...table(titles, rows, ['signatures']), ...rest, ...verifyLines(report)];
}

function signerRow(made: readonly Signature[]): string[] {
  const [first] = made;
  if (first === undefined) return [];
  const by = made.find(({ signed_by }) => signed_by !== undefined)?.signed_by;
  const reused = made.filter((each) => each.reused).length;
  return [
    cell(first.signer),
    first.kind,
    states[first.state],
    `${made.length}${reused === 0 ? '' : `, ${reused} of an earlier run`}`,
    by === undefined ? '–' : cell(by),
  ];
}

/** For what the tags name; whoever trusts it has a trust policy, or the key of cosign. */
function verifyLines({ signatures, repositories }: BuildReport): string[] {
  const pulled = new Map(repositories.map((each) => [each.repository, each.pull_repository]));
  const lines = signatures
    .filter(({ platform }) => platform === undefined)
    .flatMap(({ kind, repository, digest }) => {
      const reference = `${pulled.get(repository) ?? repository}@${digest}`;
      if (!isShellWord(reference)) return [];
      if (kind === 'cosign') return [`cosign verify --key cosign.pub ${reference}`];
      return [`image-builder verify ${reference}`, `notation verify ${reference}`];
    });
  const { shown, rest } = some([...new Set(lines)], shownLines, 'lines to verify with');
  return shown.length === 0 ? [] : ['', ...fence(shown, 'sh'), ...rest];
}
