import type { Finding } from '../advice.ts';
import { fetchOf } from '../fetchers.ts';
import type { StageHistory } from '../stage-history.ts';

/** Dependencies that are fetched again after every change, because the whole context is there before them. */
export function sourcesBeforeDependencies({ runs }: StageHistory): readonly Finding[] {
  return runs.flatMap((run) => {
    const { wholeContext: line, fetched } = run.state;
    if (line === undefined || run.cacheTargets.length > 0) return [];
    const fetches = run.commands.flatMap((command) => fetchOf(command) ?? []);
    const found = fetches.find(({ fetcher }) => !fetched.has(fetcher));
    if (found === undefined) return [];
    const { call, manifests } = found;
    const [place, change] =
      line === run.line
        ? ['', `mount ${manifests} alone`]
        : [` in line ${run.line}`, `copy ${manifests} first, and the rest after it`];
    const message = `"${call}"${place} fetches everything again after a change of any file: ${change}`;
    return [{ rule: 'sources-before-dependencies', line, message }];
  });
}
