import type { SourceState } from '../ci/index.ts';
import type { Settings } from '../config/index.ts';
import { ImageBuilderError } from '../core/index.ts';
import { parseTagArgument, parseTagsBase64, resolveTags, type Tag, type TagTemplate } from '../tags/index.ts';

export interface TagInputs {
  readonly requested: { readonly tags: readonly string[]; readonly tagsBase64?: string };
  readonly source: SourceState;
  readonly settings: Settings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
}

/** The tags of a build: the default of its event first, then what the configuration and the caller add. */
export function planTags({ requested, source, settings, environment, now }: TagInputs): readonly Tag[] {
  const encoded = requested.tagsBase64 === undefined ? [] : parseTagsBase64(requested.tagsBase64);
  return resolveTags({
    defaults: defaultTemplates(source, settings),
    extra: [...requested.tags.map(parseTagArgument), ...encoded],
    facts: {
      date: now,
      commitSha: source.commitSha,
      shortShaLength: settings.shortShaLength,
      ...(source.pullRequest === undefined ? {} : { pullRequest: source.pullRequest }),
      allowedEnvironment: settings.tagEnv,
      environment,
    },
  });
}

function defaultTemplates(source: SourceState, settings: Settings): readonly TagTemplate[] {
  if (source.event === 'local') return [localTemplate(source.dirty, settings.defaultLocalTag)];
  if (source.event === 'merge_group')
    return [configured(settings.defaultMergeGroupTag, 'default-merge-group-tag')];
  if (source.event !== 'pull_request_target')
    return [configured(settings.defaultCommitTag, 'default-commit-tag')];
  const additional = settings.additionalPrTag === undefined ? [] : [settings.additionalPrTag];
  return [configured(settings.defaultPrTag, 'default-pr-tag'), ...additional];
}

/** An image of uncommitted changes says so: nobody can build it again from its commit. */
function localTemplate(dirty: boolean, template: TagTemplate): TagTemplate {
  return dirty ? { ...template, value: `${template.value}-dirty` } : template;
}

function configured(template: TagTemplate | undefined, key: string): TagTemplate {
  if (template !== undefined) return template;
  const message = `the configuration has no "${key}", so the image has no default tag`;
  const hint = `add ${key} with name, value and validation`;
  throw new ImageBuilderError('config.invalid', message, { problems: [] }, { hint });
}
