import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { ImageBuilderError } from '../core/index.ts';
import type { DisplayMode } from '../progress/index.ts';
import { printError } from './print-error.ts';

function printed(error: unknown, mode: DisplayMode): string {
  let text = '';
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  printError(error, stderr, { debug: false, mode });
  return text;
}

const failure = new ImageBuilderError(
  'build.failed',
  '"RUN make" failed: exit code: 2',
  { file: 'images/Dockerfile', line: 6, output: ['::error::x'] },
  { hint: 'look' },
);
const lines =
  'error: "RUN make" failed: exit code: 2\n  at images/Dockerfile:6\n  | : :error::x\nhint: look\n';

test('an error is lines for people, and for a CI runner an annotation on the line as well', () => {
  expect(printed(failure, 'plain')).toBe(lines);
  expect(printed(failure, 'github')).toBe(
    `${lines}::error file=images/Dockerfile,line=6,title=build.failed::"RUN make" failed: exit code: 2%0Ahint: look\n`,
  );
  expect(printed(failure, 'azure')).toBe(
    `${lines}##vso[task.logissue type=error;sourcepath=images/Dockerfile;linenumber=6;code=build.failed]"RUN make" failed: exit code: 2%0Ahint: look\n`,
  );
});

test('a bug of ours is annotated as one', () => {
  expect(printed(new TypeError('x is undefined'), 'azure')).toMatch(/code=internal\]x is undefined\n$/);
});

test('as JSON it stays one object', () => {
  expect(JSON.parse(printed(failure, 'json'))).toMatchObject({ code: 'build.failed', hint: 'look' });
});
