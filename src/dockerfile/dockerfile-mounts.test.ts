// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of Dockerfiles
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CacheMount, dockerfileMounts, type FoundMounts } from './dockerfile-mounts.ts';

interface Asked {
  readonly platforms?: readonly string[];
  readonly target?: string;
  readonly buildArgs?: readonly (readonly [string, string])[];
  readonly contexts?: readonly string[];
}

function find(untrustedText: string, asked: Asked = {}): FoundMounts {
  return dockerfileMounts({
    platforms: ['linux/amd64'],
    buildArgs: [],
    contexts: [],
    ...asked,
    untrustedText,
  });
}

/** The fields of the only mount. */
function only(fields: string, before = ''): CacheMount | undefined {
  const found = find(`FROM scratch\n${before}RUN --mount=type=cache,${fields} true`);
  expect(found.unclear).toEqual([]);
  return found.mounts[0];
}

const ids = (text: string, asked?: Asked) => find(text, asked).mounts.map(({ id }) => id);

describe('a cache mount', () => {
  test.each([
    ['target=/root/.cache', '/root/.cache'],
    ['dst=/a//b/../c/', '/a/c'],
    ['destination=rel/./x', 'rel/x'],
    ['TARGET=/x', '/x'],
    ['target=/x,id=go', 'go'],
    ['id=a/../b,target=/x', 'a/../b'],
    ['target=/x,from=scratch', '/x'],
  ])('of "%s" has the id %s', (fields, id) => expect(only(fields)?.id).toBe(id));

  test('is shared unless it says otherwise', () => {
    expect(only('target=/x')?.sharing).toBe('shared');
    expect(only('target=/x,sharing=locked')?.sharing).toBe('locked');
    expect(only('target=/x,sharing=private')?.sharing).toBe('private');
  });

  test('has an owner only when it names a part of it, also when it is the default', () => {
    expect(only('target=/x')).not.toHaveProperty('owner');
    expect(only('target=/x,uid=5')?.owner).toEqual({ uid: 5, gid: 0, mode: 0o755 });
    expect(only('target=/x,mode=0755')?.owner).toEqual({ uid: 0, gid: 0, mode: 0o755 });
    expect(only('target=/x,mode=1777,gid=7')?.owner).toEqual({ uid: 0, gid: 7, mode: 0o1777 });
  });

  test('has no owner when it is a folder within the directory', () => {
    expect(only('target=/x,source=/sub,uid=5')).not.toHaveProperty('owner');
    expect(only('target=/x,source=/,uid=5')).toHaveProperty('owner');
  });

  test('is one for all steps that mount the same directory', () => {
    const text = `FROM scratch AS a
RUN --mount=type=cache,id=x,target=/one true
FROM scratch
COPY --from=a / /
RUN --mount=type=cache,id=x,target=/two --mount=type=cache,id=x,target=/three,uid=1 true`;
    expect(find(text).mounts).toMatchObject([{ target: '/one', line: 2 }, { target: '/three' }]);
  });
});

describe('a cache mount that begins with something', () => {
  const seed = (fields: string, before = '', asked: Asked = {}) =>
    find(`FROM scratch AS s\nFROM scratch\n${before}RUN --mount=type=cache,target=/x,${fields} true`, asked);

  test('has the folder of an image, for the platform that is built for', () => {
    const untrustedImage = 'reg.example/seed:1';
    const from = { untrustedImage, platform: 'linux/arm64', source: '/m2' };
    const asked = { platforms: ['linux/arm64', 'linux/amd64'] };
    const { mounts, unclear } = seed(`from=${untrustedImage},source=m2/`, '', asked);
    expect(mounts.map((mount) => mount.from)).toEqual([from, { ...from, platform: 'linux/amd64' }]);
    expect(unclear).toEqual([]);
    expect(seed('from=image,src=/a,uid=7').mounts[0]).toMatchObject({ from: { source: '/a' } });
    expect(seed('from=image,src=/a,uid=7').mounts[0]).not.toHaveProperty('owner');
  });

  test('is told from other mounts of the same step', () => {
    const text = `FROM scratch AS s\nFROM scratch\nCOPY --from=copied / /
RUN --mount=from=s,target=/s --mount=type=cache,target=/one,from=first --mount=type=tmpfs,target=/t \\
  --mount=type=cache,target=/two --mount=type=cache,target=/three,from=third true`;
    const images = find(text).mounts.map(({ id, from }) => [id, from?.untrustedImage]);
    expect(images).toEqual([
      ['/one', 'first'],
      ['/two', undefined],
      ['/three', 'third'],
    ]);
  });

  test.each([
    ['a stage', 'from=s', /^begins with the content of "s", a stage that would have to run/],
    ['the number of a stage', 'from=0', /a stage that would have to run/],
    ['a build context', 'from=extra', /a build context$/],
    ['a variable', 'from=$BASE', /the engine's to tell$/],
    ['a folder with an owner of its own', 'from=image,uid=7', /in a folder of an owner of its own$/],
  ])('is left out when that is %s', (_, fields, reason) => {
    expect(seed(fields, '', { contexts: ['extra'] })).toMatchObject({
      mounts: [],
      unclear: [{ line: 3, reason: expect.stringMatching(reason) }],
    });
  });

  test('is left out when two folders of one directory are mounted', () => {
    const { mounts, unclear } = seed(
      'from=image,source=/a',
      'RUN --mount=type=cache,id=/x,target=/y,from=image true\n',
    );
    expect([mounts, unclear.map(({ line }) => line)]).toEqual([[], [3, 4]]);
    expect(unclear[0]?.reason).toContain('of which another folder is mounted too');
  });
});

describe('variables', () => {
  test('come from ENV, ARG and build arguments, in that order of weight', () => {
    const text = (target: string) => `ARG BASE=global
FROM scratch AS first
ENV HOME=/home/x
FROM first
ARG BASE
ARG NAME=fallback
ENV HOME=$HOME/y
ARG HOME=/nowhere
RUN --mount=type=cache,target=${target} true`;
    expect(ids(text('$HOME/.cache'))).toEqual(['/home/x/y/.cache']);
    expect(ids(text('/$BASE/${NAME}'))).toEqual(['/global/fallback']);
    expect(ids(text('/$BASE/$NAME'), { buildArgs: [['NAME', 'given']] })).toEqual(['/global/given']);
    expect(ids(text('/x$NONE'))).toEqual(['/x']);
  });

  test('of the platform give each its own directory', () => {
    const text = 'FROM a\nARG TARGETARCH\nRUN --mount=type=cache,id=go-$TARGETARCH,target=/x true';
    expect(ids(text, { platforms: ['linux/arm64', 'linux/amd64'] })).toEqual(['go-arm64', 'go-amd64']);
  });

  test.each([
    ['what the base image may set', 'FROM a\nRUN --mount=type=cache,target=$GOPATH/pkg true', 2],
    [
      'the platform of the engine',
      'FROM a\nARG BUILDARCH\nRUN --mount=type=cache,id=$BUILDARCH,target=/x true',
      3,
    ],
    ['quotes', 'FROM a\nRUN --mount=type=cache,"target=/a,b" true', 2],
    ['another stage', 'FROM a AS s\nFROM a\nRUN --mount=type=cache,from=s,target=/x true', 3],
    ['no target', 'FROM a\nRUN --mount=type=cache,id=x true', 2],
  ])('leave a mount out that depends on %s, and say where', (_, text, line) => {
    expect(find(text)).toMatchObject({ mounts: [], unclear: [{ line }] });
  });
});

describe('of a Dockerfile', () => {
  const stages = `FROM a AS one
RUN --mount=type=cache,target=/one true
FROM a AS two
RUN --mount=type=cache,target=/two true
FROM a AS three
RUN --mount=type=bind,from=one,target=/o \\
    --mount=type=cache,target=/three \\
    true`;

  test('only the stages count that the target needs', () => {
    expect(ids(stages)).toEqual(['/one', '/three']);
    expect(ids(stages, { target: 'two' })).toEqual(['/two']);
  });

  test('other mounts, and words of a command, do not count', () => {
    expect(
      ids(
        'FROM a\nRUN --mount=type=tmpfs,target=/x echo --mount=type=cache,target=/y\nRUN --mount=target=/z true',
      ),
    ).toEqual([]);
  });

  test('no text crashes or hangs the search', () => {
    const piece = fc.constantFrom(
      'FROM a AS b\n',
      'FROM b\n',
      'RUN --mount=type=cache',
      ',target=/x',
      ',id=$',
      '\n',
      ' ',
    );
    const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 8 })), { maxLength: 30 });
    fc.assert(fc.property(text, (parts) => void find(parts.join(''))));
    find(`FROM a AS s0\n${Array.from({ length: 1_000 }, (_, at) => `FROM s${at} AS s${at + 1}\n`).join('')}`);
  });
});
