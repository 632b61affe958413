import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BuildReport, markdownSummary } from '../index.ts';
import { webAddress } from './link.ts';

import { skeleton } from './read-as-reader.ts';
import { built, digest } from './report-for-test.ts';

const facts = { runUrl: 'https://github.example/team/app/actions/runs/1' };

const signature = {
  repository: 'reg.example/prod/team/app',
  digest,
  signer: 'embedded',
  kind: 'notation',
  state: 'verified',
  reused: false,
  signed_by: 'C=DE, ST=BW, O=Team, CN=ci',
} as const;
const signed: BuildReport = {
  ...built,
  signed: true,
  signatures: [
    signature,
    { ...signature, platform: 'linux/arm64', reused: true },
    { ...signature, repository: 'mirror.example/prod/team/app' },
    { ...signature, signer: 'keys', kind: 'cosign', signed_by: 'sha256:0011' },
    { ...signature, signer: 'signify', kind: 'notary', state: 'requested', signed_by: undefined },
  ],
};
const failed: BuildReport = {
  ...built,
  status: 'Failed',
  pushed: false,
  digest: '',
  repositories: built.repositories.map((each) => ({ ...each, state: 'missing' })),
  platforms: [],
  timings: [{ stage: 'build', seconds: 12 }],
  error: {
    code: 'build.failed',
    message: '"RUN make" failed for linux/arm64: exit code: 2',
    hint: 'look at `make`',
    file: 'images/app/Dockerfile',
    line: 5,
    platform: 'linux/arm64',
    step: 'RUN make',
    output: ['cc main.c', '```', 'make: *** [all] Error 1'],
  },
};
const cancelled: BuildReport = {
  ...failed,
  status: 'Canceled',
  slowest_steps: [],
  timings: [{ stage: 'build', seconds: 3 }],
  error: { code: 'cancelled', message: 'cancelled by SIGTERM' },
};
const refused: BuildReport = {
  ...cancelled,
  status: 'Failed',
  architectures: [],
  repositories: [],
  tags: [],
  timings: [],
  source: undefined,
  dockerfile: undefined,
  run: undefined,
  seconds: 0,
  policy_rule: 'own-bases',
  error: {
    code: 'policy.denied',
    message: 'denied by "own-bases": Dockerfile:1: base image "docker.io/evil" is not allowed',
    hint: 'base it on reg.example/base',
  },
};
const pullRequest: BuildReport = {
  ...built,
  tags: ['PR-7'],
  source: {
    event: 'pull_request_target',
    repository: 'team/app',
    commit: built.source?.commit ?? '',
    pull_request: 7,
    dirty: false,
    url: 'https://github.example/team/app',
  },
};
const warned: BuildReport = {
  ...built,
  warnings: [
    {
      message: "UndefinedVar: Usage of undefined variable '$X'",
      file: 'images/app/Dockerfile',
      line: 3,
      url: 'https://docs.docker.com/go/dockerfile/rule/undefined-var/',
    },
    { message: 'FromAsCasing: <b>as</b> and FROM @team', url: 'https://evil.example/' },
  ],
};

const advised: BuildReport = {
  ...built,
  advice: [
    {
      rule: 'go-build-a',
      message: '"-a" makes Go compile everything again, whatever its cache has: leave it out',
      file: 'images/app/Dockerfile',
      line: 11,
      saves: 'with a warm cache 640 packages took 0.5 s without it, and 47 s with it',
    },
    { rule: 'made <b>elsewhere</b>', message: 'do @this `now` | or [later](https://evil.example/)' },
  ],
};

const reused: BuildReport = {
  ...built,
  platforms: built.platforms.map((each) => ({ ...each, seconds: 0, steps: 0, cached_steps: 0 })),
  slowest_steps: [],
  reuse: {
    state: 'reused',
    fingerprint: digest,
    from: { commit: 'f'.repeat(40), run: '4700', created: '2021-09-29T12:00:00Z' },
  },
};
const ineligible: BuildReport = {
  ...built,
  reuse: { state: 'ineligible', reason: 'uses build argument "BUILD_COMMIT_SHA"', line: 3 },
};

/** Reviewed as diffs, written by `npx vitest run src/report/markdown -u`. */
describe('the summary of', () => {
  test.each([
    ['signed', signed],
    ['failed', failed],
    ['cancelled', cancelled],
    ['refused', refused],
    ['pull-request', pullRequest],
    ['warned', warned],
    ['advised', advised],
    ['reused', reused],
    ['ineligible', ineligible],
  ])('a build that is %s', async (name, report) => {
    await expect(markdownSummary(report, facts)).toMatchFileSnapshot(`${name}.golden.md`);
  });
});

/** Every text in the report that others write is this one. */
function everywhere(text: string): BuildReport {
  const place = { file: text, line: 3 };
  const noAddress = `x ${text}`;
  return {
    ...failed,
    image_name: text,
    digest: text,
    tags: [text, text],
    architectures: [text],
    repositories: failed.repositories.map((each) => ({ ...each, pull_repository: text, state: 'pushed' })),
    platforms: built.platforms.map((each) => ({ ...each, platform: text, digest: text })),
    signatures: signed.signatures.map((each) => ({ ...each, signer: text, signed_by: text, digest: text })),
    source: { event: text, repository: text, commit: text, ref: text, dirty: true, url: noAddress },
    dockerfile: text,
    reuse: { state: 'ineligible', reason: text, line: 3, from: { commit: text, run: text, created: text } },
    policy_rule: text,
    run: { backend: 'azure-devops', id: text, url: noAddress },
    timings: built.timings,
    slowest_steps: [{ name: text, platform: text, seconds: 1, after: 1 }],
    warnings: [{ message: text, url: text, ...place }],
    advice: [{ rule: text, message: text, saves: text, ...place }],
    error: { code: text, message: text, hint: text, step: text, platform: text, output: [text], ...place },
  };
}

describe('texts of others', () => {
  const harmless = skeleton(markdownSummary(everywhere('x y'), facts));

  const attacks = [
    '`',
    '``` x',
    '\n```\n## owned\n',
    '\n````\n<script>alert(1)</script>',
    '`'.repeat(100),
    '` @team `',
    'a | b ` | `',
    '\\|',
    '\\`|\\',
    '<img src=x onerror=alert(1)>',
    '</code></pre><h1>x',
    '<!--',
    '![x](https://evil.example/x.png)',
    '[x](https://evil.example)',
    '](https://evil.example)',
    'https://evil.example www.evil.example a@evil.example',
    '@team #1 GH-1 :tada:',
    '::error::x\n::set-output name=a::b',
    '##[add-mask]e ##vso[task.complete]',
    '%%{init: {"theme":"dark"}}%%\nclick a href "https://evil.example"',
    'x :crit, 0, 1\n section y',
    '# x\n- y\n> z\n1. a\n---\n***',
    '$$x$$ $x$ [^1] ~~~\n~~~',
    '\u202egnp.exe\u2066\x1b[2J',
    '&lt;b&gt; &#64;team',
  ];

  function judge(text: string): void {
    const summary = markdownSummary(everywhere(text), facts);
    const seen = skeleton(summary);
    expect(seen.text).toBe(harmless.text);
    for (const line of seen.blocks.find(({ language }) => language === 'mermaid')?.lines ?? [])
      expect(line).toMatch(
        /^(?:gantt| {2}(?:dateFormat x|axisFormat %H:%M:%S|section [\w ]+|[\p{L}\p{N}. /_=-]+ :\d+, \d+))$/u,
      );
    for (const line of summary.split('\n')) expect(line).not.toMatch(/^\s*::|##\[|##vso\[/i);
  }

  test.each(attacks)('%j are code, and nothing else', (text) => judge(`${text} z`));

  test('are code, whatever they are', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...attacks,
        '`',
        '``',
        '```',
        '\n',
        '|',
        '\\',
        '[',
        ']',
        '(',
        ')',
        '<',
        '>',
        '&',
        '!',
        ' ',
        '~~~',
        '@',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => judge(`${pieces.join('')} z`)),
      { numRuns: 1000 },
    );
  });

  test('lead nowhere but where the source is', () => {
    const address = 'https://github.example/team/app';
    const commit = 'a'.repeat(40);
    const file = fc.oneof(
      fc.constantFrom(...attacks, '../../x', '//evil.example', 'a b'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(file, (name) => {
        const source = { event: 'push', repository: 'x', commit, dirty: false, url: address };
        const report: BuildReport = { ...warned, source, warnings: [{ message: 'x', file: `${name}z` }] };
        expect(skeleton(markdownSummary(report, facts)).text).toMatch(/### Warnings\n\n- · ·\n\n/);
      }),
    );
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'https://user:secret@evil.example/',
    'x',
    `https://x.example/${'a'.repeat(5000)}`,
  ])('are no address when they are %j', (text) => {
    expect(webAddress(text)).toBeUndefined();
  });

  test('are addresses with what Markdown would read encoded', () => {
    expect(webAddress('https://x.example/a)b](c <d>`|"')).toBe(
      'https://x.example/a%29b%5D%28c%20%3Cd%3E%60%7C%22',
    );
  });
});

describe('the size', () => {
  const million = 1024 * 1024;
  const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

  test.each<[string, Partial<BuildReport>]>([
    ['10,000 tags', { tags: many(10_000, 't'.repeat(128)) }],
    ['a message of 5 MB', { status: 'Failed', error: { code: 'x', message: 'é`|'.repeat(1_700_000) } }],
    [
      'a message of blanks',
      { status: 'Failed', error: { code: 'x', message: `a${' '.repeat(5_000_000)}b` } },
    ],
    [
      '100,000 warnings',
      { warnings: many(100_000, { message: 'w'.repeat(1000), file: 'f'.repeat(1000), line: 1 }) },
    ],
    ['100,000 pieces of advice', { advice: many(100_000, { rule: 'r', message: 'm'.repeat(1000) }) }],
    [
      '20,000 repositories',
      { repositories: many(20_000, { ...must(built.repositories[0]), pull_repository: 'r'.repeat(400) }) },
    ],
    ['20,000 platforms', { platforms: many(20_000, must(built.platforms[0])) }],
    [
      '20,000 signatures',
      {
        signatures: many(20_000, 0).map((_, at) => ({
          ...signature,
          signer: `s${at}`,
          repository: `r${at}`,
        })),
      },
    ],
    [
      '20,000 steps',
      {
        slowest_steps: many(20_000, { name: 'n'.repeat(5000), seconds: 1, after: 1 }),
        timings: many(20_000, { stage: 'build', seconds: 1 }),
      },
    ],
    [
      '20,000 lines of output',
      { status: 'Failed', error: { code: 'x', message: 'x', output: many(20_000, 'o\n'.repeat(5000)) } },
    ],
  ])('stays below what GitHub shows with %s, and says that there was more', (_title, part) => {
    const summary = markdownSummary({ ...signed, ...part }, facts);
    expect(Buffer.byteLength(summary)).toBeLessThan(million);
    expect(summary).toContain('[Log of this run](');
    expect(summary).toMatch(/…|see the report|Slowest steps/);
    expect(() => skeleton(summary)).not.toThrow();
  });

  test('gives up the least important part first', () => {
    const wide = '大'.repeat(5000);
    const crowded: BuildReport = {
      ...everywhere(wide),
      error: { code: 'x', message: wide, output: many(60, `${'大'.repeat(900)}\n`.repeat(3)) },
      repositories: many(60, { ...must(built.repositories[0]), pull_repository: wide, state: 'pushed' }),
      platforms: many(60, { ...must(built.platforms[0]), platform: wide, digest: wide }),
      signatures: many(60, signature).map((each, at) => ({
        ...each,
        signer: `${at}${wide}`,
        signed_by: wide,
      })),
      tags: many(200, wide),
      warnings: many(60, { message: wide, file: `${'f/'.repeat(800)}f`, line: 1 }),
    };
    const summary = markdownSummary(crowded, facts);
    expect(Buffer.byteLength(summary)).toBeLessThan(million);
    const titles = summary.match(/^(?:###|>) .*/gm);
    expect(titles).toEqual([
      ...['### Why it failed', '### Source', '### Images'],
      '> Too much for a summary, see the report for: platforms, signatures, timeline, warnings, advice',
    ]);
  });
});

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing');
  return value;
}
