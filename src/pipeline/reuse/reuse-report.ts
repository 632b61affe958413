import type { BuildReport } from '../../report/index.ts';
import type { ReuseRecord } from './reuse-record.ts';

/** What the report says about reuse. */
export function reuseReport(reuse: ReuseRecord): NonNullable<BuildReport['reuse']> {
  if (reuse.kind === 'ineligible') {
    const { reason, line } = reuse;
    return { state: 'ineligible', reason, ...(line === undefined ? {} : { line }) };
  }
  const { kind: state, fingerprint } = reuse;
  if (reuse.kind === 'built') return { state: reuse.kind, fingerprint, reason: reuse.reason };
  const { from, image } = reuse;
  const created = image.manifests.at(-1)?.manifest.annotations?.['org.opencontainers.image.created'];
  return {
    state,
    fingerprint,
    from: {
      commit: from.commit ?? '',
      ...(from.run === undefined ? {} : { run: from.run }),
      ...(created === undefined ? {} : { created }),
    },
  };
}
