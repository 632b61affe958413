import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDockerfile } from './dockerfile.ts';

/** Each stage as its name and, in short, its instructions with their lines. */
function outline(text: string): string[][] {
  return parseDockerfile(text).map(({ name, from, instructions }) => [
    `${name ?? '-'}@${from.line}`,
    ...instructions.map(({ line, text: logical }) => `${line} ${logical}`),
  ]);
}

describe('parseDockerfile', () => {
  test.each([
    ['one stage', 'FROM a\nRUN x\n', [['-@1', '2 RUN x']]],
    ['names in any case', 'FROM a AS Build\nFROM b as two\n', [['build@1'], ['two@2']]],
    ['a platform', 'FROM --platform=$BUILDPLATFORM a AS b\n', [['b@1']]],
    ['global arguments and comments before it', '# c\nARG X\n\nFROM a\nRUN x', [['-@4', '5 RUN x']]],
    ['lower case', 'from a\nrun x', [['-@1', '2 run x']]],
    ['a byte order mark and CRLF', '\ufeffFROM a\r\nRUN x \\\r\n  y\r\n', [['-@1', '2 RUN x   y']]],
    ['continued lines', 'FROM a\nRUN x && \\\n  y\nRUN z', [['-@1', '2 RUN x &&   y', '4 RUN z']]],
    ['blanks after the escape', 'FROM a\nRUN x \\  \n  y\nRUN z', [['-@1', '2 RUN x   y', '4 RUN z']]],
    ['two escapes, which do not continue', 'FROM a\nRUN x \\\\\nRUN z', [['-@1', '2 RUN x \\\\', '3 RUN z']]],
    [
      'comments and empty lines within',
      'FROM a\nRUN x \\\n # c\n\n  y\nRUN z',
      [['-@1', '2 RUN x   y', '6 RUN z']],
    ],
    ['another escape', '# escape=`\nFROM a\nRUN x `\n  y\\\nRUN z', [['-@2', '3 RUN x   y\\', '5 RUN z']]],
    [
      'an escape that comes too late',
      'FROM a\n# escape=`\nRUN x `\nRUN y',
      [['-@1', '3 RUN x `', '4 RUN y']],
    ],
    ['a here-document', 'FROM a\nRUN <<EOF\nFROM b\nEOF\nRUN z', [['-@1', '2 RUN <<EOF', '5 RUN z']]],
    [
      'a quoted one',
      'FROM a\nRUN cat <<"E F" > x\ny\nE F\nRUN z',
      [['-@1', '2 RUN cat <<"E F" > x', '5 RUN z']],
    ],
    ['one with tabs', 'FROM a\nCOPY <<-E /x\ny\n\tE\nRUN z', [['-@1', '2 COPY <<-E /x', '5 RUN z']]],
    ['two at once', 'FROM a\nCOPY <<A <<B /\n1\nA\n2\nB\nRUN z', [['-@1', '2 COPY <<A <<B /', '7 RUN z']]],
    ['one after ONBUILD', 'FROM a\nONBUILD RUN <<E\nx\nE\nRUN z', [['-@1', '2 ONBUILD RUN <<E', '5 RUN z']]],
    ['none within quotes', 'FROM a\nRUN echo "a <<E b"\nRUN z', [['-@1', '2 RUN echo "a <<E b"', '3 RUN z']]],
    ['none in other instructions', 'FROM a\nLABEL x=<<E\nRUN z', [['-@1', '2 LABEL x=<<E', '3 RUN z']]],
    ['none after a word', 'FROM a\nRUN a=$((1<<2))\nRUN z', [['-@1', '2 RUN a=$((1<<2))', '3 RUN z']]],
    ['one that never ends', 'FROM a\nRUN <<E\nRUN z', [['-@1', '2 RUN <<E']]],
    ['a continuation at the end', 'FROM a\nRUN x \\', [['-@1', '2 RUN x']]],
    ['no stage at all', 'RUN x\n', []],
    ['nothing', '', []],
  ])('reads %s', (_title, text, expected) => {
    expect(outline(text)).toEqual(expected);
  });

  test('keeps the bodies of here-documents, without the tabs that they give up', () => {
    const text = 'FROM a\nRUN <<A cat <<-B\n1\n\t2\nA\n\t3\n\tB\nRUN x';
    const [stage] = parseDockerfile(text);
    expect(stage?.instructions.map(({ documents }) => documents)).toEqual([['1\n\t2', '3'], []]);
  });

  test('reads any text, with lines that exist and rise', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'FROM a',
        'RUN x',
        '\n',
        '\\\n',
        '<<E',
        ' ',
        '"',
        "'",
        '#',
        'ONBUILD ',
        'COPY ',
        '\\',
        '`',
      ),
      fc.constantFrom('# escape=`\n', ' AS b', '\r', '\t', '=', 'E\n'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const lines = parseDockerfile(text).flatMap(({ from, instructions }) => [from, ...instructions]);
        const numbers = lines.map(({ line }) => line);
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        expect(numbers.every((line) => line >= 1 && line <= text.split('\n').length)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
