import { asList, asMapping, type YamlPath } from './yaml-file.ts';

export interface Member {
  readonly key: string;
  readonly value: unknown;
  readonly place: YamlPath;
}

/** The members of a mapping with those that stand under `${{ if … }}`, `${{ else }}` or `${{ each … }}`. */
export function membersOf(value: unknown, place: YamlPath): readonly Member[] {
  return Object.entries(asMapping(value)).flatMap(([key, held]) => {
    const at = [...place, key];
    return key.startsWith('${{') && asMapping(held) === held
      ? membersOf(held, at)
      : [{ key, value: held, place: at }];
  });
}

export interface Part {
  readonly name: string;
  readonly members: readonly Member[];
  readonly value: Readonly<Record<string, unknown>>;
  readonly place: YamlPath;
}

export interface Job extends Part {
  readonly steps: readonly Part[];
}

export interface Stage extends Part {
  readonly jobs: readonly Job[];
}

/** The stages of a pipeline, their jobs, and the steps of those, in order. */
export function stagesOf(pipeline: unknown): readonly Stage[] {
  return partsOf(asMapping(pipeline).stages, 'stage', ['stages']).map((stage) => ({
    ...stage,
    jobs: partsOf(stage.value.jobs, 'job', [...stage.place, 'jobs']).map((job) => ({
      ...job,
      steps: partsOf(job.value.steps, 'name', [...job.place, 'steps']),
    })),
  }));
}

function partsOf(list: unknown, nameKey: string, place: YamlPath): readonly Part[] {
  return asList(list).map((item, index) => {
    const at = [...place, index];
    const value = asMapping(item);
    return { name: String(value[nameKey] ?? ''), members: membersOf(value, at), value, place: at };
  });
}

/** What a part says that it depends on; undefined when it leaves that to the order. */
export function dependenciesOf({ value }: Part): readonly string[] | undefined {
  const { dependsOn } = value;
  if (dependsOn === undefined) return undefined;
  return (Array.isArray(dependsOn) ? dependsOn : [dependsOn]).map(String);
}
