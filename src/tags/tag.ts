/** A tag as the configuration or a caller writes it: `value` is a template, `validation` a pattern in RE2 syntax. */
export interface TagTemplate {
  readonly name: string;
  readonly value: string;
  readonly validation?: string | undefined;
}

/** A tag of this build: `value` follows the tag grammar of the OCI distribution specification v1.1. */
export interface Tag {
  readonly name: string;
  readonly value: string;
  readonly validation?: string;
}

/** What templates can say about a build. */
export interface TagFacts {
  /** The one reading of the clock of this build. */
  readonly date: Date;
  /** Hexadecimal, full length. */
  readonly commitSha: string;
  /** Hexadecimal digits in `.ShortSHA`. */
  readonly shortShaLength: number;
  readonly pullRequest?: number | undefined;
  /** Names that `.Env` may read; every other one is refused, since tags are public. */
  readonly allowedEnvironment: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The distinct values in their order: what a registry is asked to hold, whatever the tags are called. */
export function uniqueTagValues(tags: readonly Tag[]): readonly string[] {
  return [...new Set(tags.map((tag) => tag.value))];
}

/** Tags as build args, `TAG_<name>` and value, one for each name. */
export function tagBuildArgs(tags: readonly Tag[]): readonly (readonly [name: string, value: string])[] {
  return tags.map((tag) => [`TAG_${tag.name}`, tag.value]);
}
