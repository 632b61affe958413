import { imageTagRule, isImageTag } from '../oci/index.ts';
import { parseTemplate } from './parse-template.ts';
import { renderTemplate } from './render-template.ts';
import type { Tag, TagFacts, TagTemplate } from './tag.ts';
import { quoted, tagFailure } from './tag-failure.ts';
import { requireTagName } from './tag-name.ts';
import { matchesValidation } from './validation.ts';

/** The name under which the configuration's own tag is exported; pipelines read it, so callers cannot take it. */
const reservedName = 'default_tag';

/** The tags of one build before they are rendered. */
interface TagRequest {
  /** From the configuration. The first is the one that every build of this kind gets; it must have a validation. */
  readonly defaults: readonly TagTemplate[];
  /** From the caller. */
  readonly extra: readonly TagTemplate[];
  readonly facts: TagFacts;
}

/**
 * Renders and checks every tag: defaults first, the same name with the same value once. Two names may share a value
 * (`uniqueTagValues` has each once); two values under one name are an error.
 */
export function resolveTags(request: TagRequest): readonly Tag[] {
  requireDefaultValidation(request.defaults[0]);
  request.extra.forEach(refuseReservedName);
  const byName = new Map<string, Tag>();
  for (const template of [...request.defaults, ...request.extra]) {
    const tag = resolveTag(template, request.facts);
    const earlier = byName.get(tag.name);
    if (earlier === undefined) byName.set(tag.name, tag);
    else requireSameValue(earlier, tag);
  }
  return [...byName.values()];
}

/** Distribution specification v1.1, "Referrers Tag Schema"; cosign adds `.sig`, `.att` and `.sbom`. */
const namesReferrers = /^sha(?:256|384|512)-[0-9a-f]{32,}/i;

/** The tags by which an image is found that was made of the same inputs. */
const namesFingerprint = /^fp-[0-9a-f]{64}$/i;

function resolveTag(template: TagTemplate, facts: TagFacts): Tag {
  const { name, validation } = template;
  requireTagName(name, template.value);
  const value = renderTemplate(parseTemplate(template.value), facts);
  if (!isImageTag(value)) {
    const message = `tag ${quoted(name)} has the value ${quoted(value)}, which no registry takes`;
    throw tagFailure(name, message, { hint: `a tag is ${imageTagRule}` });
  }
  if (namesReferrers.test(value)) {
    const message = `tag ${quoted(name)} has the value ${quoted(value)}, under which signatures are kept`;
    throw tagFailure(name, message, {
      hint: 'choose another tag: this one would hide the signatures of an image',
    });
  }
  if (namesFingerprint.test(value)) {
    const message = `tag ${quoted(name)} has the value ${quoted(value)}, under which images are found again`;
    throw tagFailure(name, message, { hint: 'choose another tag: this one is kept for fingerprints' });
  }
  if (!validation) return { name, value };
  if (matchesValidation(validation, value)) return { name, value, validation };
  const rule = `validation pattern ${quoted(validation)}`;
  const message = `tag ${quoted(name)} has the value ${quoted(value)}, which does not match its ${rule}`;
  throw tagFailure(name, message);
}

function requireDefaultValidation(template: TagTemplate | undefined): void {
  if (template?.validation) return;
  const name = template?.name ?? reservedName;
  const hint = 'give it a validation pattern in the configuration';
  throw tagFailure(name, `default tag ${quoted(name)} has no validation pattern`, { hint });
}

function refuseReservedName({ name, value }: TagTemplate): void {
  if (name !== reservedName) return;
  const hint = 'choose another name: name=value';
  throw tagFailure(name, `tag ${quoted(value)} takes the reserved name "${reservedName}"`, { hint });
}

function requireSameValue(earlier: Tag, later: Tag): void {
  if (earlier.value === later.value) return;
  const values = `${quoted(earlier.value)} and ${quoted(later.value)}`;
  const hint = 'give each value a name of its own: name=value';
  throw tagFailure(later.name, `tag name ${quoted(later.name)} has two values, ${values}`, { hint });
}
