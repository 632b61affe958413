import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDockerfile } from '../dockerfile/index.ts';
import { parseStepName } from './build-step.ts';
import { EngineWords } from './engine-words.ts';
import { locateStep } from './locate-step.ts';
import { parseSolveStatus } from './solve-status.ts';

const fixtures = new URL('../../test/fixtures/buildkit/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, fixtures), 'utf8');

function lineOf(name: string, dockerfile: string): number | undefined {
  const step = parseStepName(name, 'linux/amd64');
  return step.kind === 'instruction' ? locateStep(step, parseDockerfile(dockerfile))?.line : undefined;
}

describe('locateStep', () => {
  test.each(['failing-run', 'killed', 'failing-here-document', 'many-steps', 'onbuild', 'missing-source'])(
    'finds the line that BuildKit itself points at: %s',
    (fixture) => {
      const words = new EngineWords();
      const failed = new Set<string>();
      for (const line of read(`${fixture}/status.rawjson`).split('\n')) {
        const status = parseSolveStatus(line);
        if (status === undefined) words.take(line);
        for (const { name, error } of status?.vertexes ?? []) {
          if (error && !error.endsWith('context canceled')) failed.add(name);
        }
      }
      expect(failed.size).toBeGreaterThan(0);
      for (const name of failed) expect(lineOf(name, read(`${fixture}/Dockerfile`))).toBe(words.place);
    },
  );

  test('finds every step of a real build', () => {
    const lines = new Map<string, number | undefined>();
    for (const line of read('two-platforms/status.rawjson').split('\n')) {
      for (const { name } of parseSolveStatus(line)?.vertexes ?? []) {
        if (/ \d+\/\d+\] /.test(name)) {
          lines.set(
            name.replace(/^\[\S+ /, '').replace(/@sha.*/, ''),
            lineOf(name, read('two-platforms/Dockerfile')),
          );
        }
      }
    }
    expect(Object.fromEntries(lines)).toEqual({
      'base 1/2] FROM 127.0.0.1:5099/base:1': 2,
      'base 2/2] RUN echo in-base': 3,
      'builder 1/5] FROM 127.0.0.1:5099/base:1': 5,
      'builder 2/5] WORKDIR /src': 7,
      'builder 3/5] COPY . .': 9,
      'builder 4/5] RUN echo one &&     echo "building for amd64" > /out': 10,
      'builder 4/5] RUN echo one &&     echo "building for arm64" > /out': 10,
      'builder 5/5] RUN <<EOF (echo here...)': 13,
      'stage-2 1/3] ADD Dockerfile /d': 20,
      'stage-2 2/3] COPY --from=builder /out /out': 21,
      'stage-2 3/3] RUN uname -m': 22,
    });
  });

  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the Dockerfile
  const dockerfile = 'FROM a AS one\nRUN x\nRUN y\nFROM one AS ONE\nRUN y\nCOPY $A ${B:-c} /\nRUN z\n';

  test.each([
    ['the last stage of a name counts', '[one 1/3] RUN y', 5],
    ['an unnamed stage goes by its number', '[stage-0 2/3] RUN x', 2],
    ['variables may have been replaced', '[one 2/3] COPY value other /', 6],
    ['FROM is where the stage begins', '[one 1/4] FROM a@sha256:0', 4],
    ['ONBUILD is where the stage begins', '[one 1/4] ONBUILD RUN q', 4],
    ['a wrong count is corrected by the text', '[one 1/9] RUN z', 7],
    ['a text that does not fit finds nothing', '[one 1/3] RUN something', undefined],
    ['an unknown stage finds nothing', '[two 1/3] RUN y', undefined],
    ['a step without a stage needs a single one', '[1/3] RUN y', undefined],
  ])('%s', (_title, name, expected) => {
    expect(lineOf(name, dockerfile)).toBe(expected);
  });

  test('a text that fits twice at a wrong count finds nothing', () => {
    expect(lineOf('[1/9] RUN x', 'FROM a\nRUN x\nRUN y\nRUN x\n')).toBeUndefined();
  });
});
