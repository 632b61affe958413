// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of Dockerfiles
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mountedRuns } from './dockerfile-mounts.ts';
import type { DockerfileQuestion } from './needed-stages.ts';
import { stepRecipes } from './step-recipe.ts';

function recipes(untrustedText: string, asked: Partial<DockerfileQuestion> = {}) {
  const question = { platform: 'linux/arm64', buildArgs: [], contexts: [], ...asked, untrustedText };
  const recipeOf = stepRecipes(question);
  return mountedRuns(question).map((place) => recipeOf(place));
}

const step = 'RUN --mount=type=cache,target=/c make';

/** Of the only step with a cache mount. */
function recipe(before: string, asked?: Partial<DockerfileQuestion>) {
  const [found, ...others] = recipes(`${before}\n${step}\nCOPY later /\n`, asked);
  expect(others).toEqual([]);
  return found;
}

describe('what decides about a step', () => {
  test('is its platform and every instruction up to it, and none after', () => {
    expect(recipe('FROM a\nENV X=1')?.text).toEqual(['linux/arm64', 'FROM a', 'ENV X=1', step]);
    expect(recipe('FROM --platform=$BUILDPLATFORM a')?.text[0]).toBe('builder');
  });

  test('holds the body of a here-document', () => {
    expect(recipe('FROM a\nCOPY <<EOF /x\nbody\nEOF')?.text).toContain('body');
  });

  test('is the whole of the stages that it takes files from, each once', () => {
    const text = `FROM one AS first
COPY in-first /
FROM first AS second
COPY --from=two x /
FROM three
RUN --mount=from=second,target=/s --mount=from=first,target=/f true`;
    const found = recipe(text);
    expect(found?.images).toEqual(['three', 'one', 'two']);
    expect(found?.files).toEqual([{ path: 'in-first' }]);
  });

  test('is not what other stages hold', () => {
    expect(recipe('FROM a AS unused\nCOPY x /\nFROM b')).toMatchObject({ images: ['b'], files: [] });
  });

  test.each([
    ['COPY package.json lock/file.json ./', [{ path: 'package.json' }, { path: 'lock/file.json' }]],
    ['COPY --chown=1:1 ./a/../b/ /x', [{ path: 'b' }]],
    ['COPY . .', [{}]],
    ['COPY / .', [{}]],
    ['COPY *.json ./', [{}]],
    ['COPY $X ./', [{}]],
    ['COPY ["a b", "c"]', [{}, {}]],
    ['ADD file.tar /', [{ path: 'file.tar' }]],
    ['RUN --mount=target=/src true', [{}]],
    ['RUN --mount=type=bind,source=go.mod,target=/m true', [{ path: 'go.mod' }]],
    ['RUN --mount=type=secret,id=x --mount=type=tmpfs,target=/t true', []],
    ['COPY --from=docs x /', [{ context: 'docs' }]],
  ])('of "%s" are the files %j', (instruction, files) => {
    expect(recipe(`FROM scratch\n${instruction}`, { contexts: ['docs'] })?.files).toEqual(files);
  });

  test('holds the values of the arguments that it can use, and of no others', () => {
    const buildArgs = [
      ['USED', 'given'],
      ['OTHER', 'x'],
    ] as const;
    const found = recipe('ARG GLOBAL=top\nFROM a\nARG USED=default\nARG GLOBAL\nARG TARGETARCH', {
      buildArgs,
    });
    expect(found?.text).toEqual(expect.arrayContaining(['USED=given', 'GLOBAL=top', 'TARGETARCH=arm64']));
    expect(JSON.stringify(found)).not.toContain('OTHER');
  });

  test('has the value that was given last, as BuildKit has it', () => {
    const buildArgs = [
      ['USED', 'first'],
      ['USED', 'last'],
    ] as const;
    expect(recipe('FROM a\nARG USED', { buildArgs })?.text).toContain('USED=last');
  });

  test.each([
    ['a download', 'FROM a\nADD https://example.com/x /'],
    ['an image that only BuildKit can tell', 'FROM a\nARG X\nCOPY --from=$X a /'],
    ['a platform that is not known', 'FROM --platform=$NONE a'],
    ['a time that follows the commit', 'FROM a\nARG SOURCE_DATE_EPOCH'],
  ])('is not known with %s', (_, text) => expect(recipe(text)).toBeUndefined());
});

test('no text crashes or hangs the search', () => {
  const piece = fc.constantFrom(
    'FROM a AS b\n',
    'FROM b\n',
    `${step}\n`,
    'COPY --from=b x /\n',
    'ARG X=$Y\n',
    '\n',
    ' ',
  );
  const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 8 })), { maxLength: 30 });
  fc.assert(fc.property(text, (parts) => void recipes(parts.join(''))));
});
