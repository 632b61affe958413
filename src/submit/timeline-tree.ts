import type { Timeline, TimelineRecord } from '../azure/index.ts';

/** A record of a timeline and where it stands. */
export interface PlacedRecord {
  readonly record: TimelineRecord;
  /** As people know it: stage, job and step, without those that are called like the one above. */
  readonly label: string;
}

/** A tree deeper than that is a loop, or nobody's. */
const deepest = 10;

/** Stages, jobs and steps in the order in which they are meant to run. */
export function placedRecords({ records }: Timeline): readonly PlacedRecord[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  const children = Map.groupBy(records, ({ parentId = '' }) => (byId.has(parentId) ? parentId : ''));
  const placed: PlacedRecord[] = [];
  const visit = (parentId: string, names: readonly string[], depth: number) => {
    if (depth > deepest) return;
    for (const record of (children.get(parentId) ?? []).toSorted(byOrder)) {
      const shown =
        record.type === 'Phase' || record.type === 'Checkpoint' ? names : joined(names, record.name);
      if (isShown(record)) placed.push({ record, label: shown.join(' › ') });
      visit(record.id, shown, depth + 1);
    }
  };
  visit('', [], 0);
  return placed;
}

/** The record of each kind that this one lies in, from the top. */
export function ancestors({ records }: Timeline, record: TimelineRecord): readonly TimelineRecord[] {
  const byId = new Map(records.map((each) => [each.id, each]));
  const line: TimelineRecord[] = [];
  for (let at = byId.get(record.parentId ?? ''); at !== undefined && line.length < deepest; ) {
    line.unshift(at);
    at = byId.get(at.parentId ?? '');
  }
  return line;
}

function joined(names: readonly string[], name: string): readonly string[] {
  return names.at(-1) === name ? names : [...names, name];
}

function isShown({ type }: TimelineRecord): boolean {
  return type === 'Stage' || type === 'Job' || type === 'Task';
}

function byOrder(one: TimelineRecord, other: TimelineRecord): number {
  return one.order - other.order;
}
