/** What a vertex of BuildKit's graph means to the person whose Dockerfile it came from. */
export type BuildStep =
  | {
      readonly kind: 'instruction';
      /** The platform that the step is for, wherever it runs. */
      readonly platform: string;
      /** Absent when the Dockerfile has one stage only. */
      readonly stage?: string;
      /** 1-based; FROM an image, RUN, COPY, ADD and WORKDIR count. */
      readonly number: number;
      readonly total: number;
      readonly untrustedText: string;
    }
  | {
      /** `cache` is import or export of a cache, `export` the writing of the result, `other` a frontend's own step. */
      readonly kind: 'internal' | 'cache' | 'export' | 'other';
      readonly platform?: string;
      readonly untrustedText: string;
    };

export type InstructionStep = Extract<BuildStep, { kind: 'instruction' }>;

const bracketed = /^\[([^\]]*)\] ?(.*)$/s;
const housekeeping =
  /^(?:resolve image config for|resolving provenance|docker-image:\/\/|setting cache mount)/;

/**
 * Reads the name that BuildKit's Dockerfile frontend gives a vertex, such as
 * `[linux/amd64->arm64 builder 2/3] RUN make`. A build for one platform has no platform in its names: then `platform`
 * is meant.
 */
export function parseStepName(name: string, platform: string): BuildStep {
  const [, inside, untrustedText = ''] = bracketed.exec(name) ?? [];
  if (inside === undefined) return { kind: kindOfPlainName(name), untrustedText: name };
  const words = inside.trim().split(/ +/);
  const [, number, total] = /^(\d+)\/(\d+)$/.exec(words.at(-1) ?? '') ?? [];
  const platforms =
    words[0]?.includes('/') && words.length > (number === undefined ? 0 : 1) ? words[0] : undefined;
  const target = platforms === undefined ? undefined : targetPlatform(platforms);
  if (number === undefined) {
    return { kind: 'internal', ...(target === undefined ? {} : { platform: target }), untrustedText };
  }
  const stage = words.slice(target === undefined ? 0 : 1, -1).join(' ');
  return {
    kind: 'instruction',
    platform: target ?? platform,
    ...(stage === '' ? {} : { stage }),
    number: Number(number),
    total: Number(total),
    untrustedText,
  };
}

/** How a step is called beside its platform: `builder 2/3 RUN make`. */
export function printStep(step: BuildStep): string {
  if (step.kind !== 'instruction') return step.untrustedText;
  const stage = step.stage === undefined ? '' : `${step.stage} `;
  return `${stage}${step.number}/${step.total} ${step.untrustedText}`;
}

function kindOfPlainName(name: string): 'cache' | 'export' | 'internal' | 'other' {
  if (/^(?:importing cache manifest|exporting cache)\b/.test(name)) return 'cache';
  if (name.startsWith('exporting to ')) return 'export';
  return housekeeping.test(name) ? 'internal' : 'other';
}

/** `linux/amd64->arm64` is for linux/arm64, `linux/amd64->windows/amd64` for windows/amd64. */
function targetPlatform(platforms: string): string {
  const [base = '', target] = platforms.split('->');
  if (target === undefined) return base;
  const [os = ''] = base.split('/');
  return isArchitecture(target) ? `${os}/${target}` : target;
}

/** An architecture with or without a variant, as opposed to an operating system with an architecture. */
function isArchitecture(text: string): boolean {
  const [, second] = text.split('/');
  return second === undefined || /^v\d/.test(second);
}
