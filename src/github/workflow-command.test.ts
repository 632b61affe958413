import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWorkflowCommand } from '../../test/fakes/github-runner/read-workflow-command.ts';
import { Secret } from '../core/index.ts';
import { addMask, stopCommands, workflowCommand } from './index.ts';

/** Text of every kind, most of it made of what commands are made of. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('::', '%', '%0A', '%25', '\r', '\n', ',', '=', ':', ' ', '##[error]', 'a'))
    .map((parts) => parts.join('')),
);

describe('a command to the runner', () => {
  test('is one line, with its properties', () => {
    const properties = { title: 'RUN failed', file: 'Dockerfile', line: 7, col: undefined };
    expect(workflowCommand('error', properties, 'exit code 1\nmake: ***')).toBe(
      '::error title=RUN failed,file=Dockerfile,line=7::exit code 1%0Amake: ***',
    );
    expect(workflowCommand('endgroup')).toBe('::endgroup::');
  });

  test('says to the runner what was meant, whatever text it is made of', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (title, file, message) => {
        const line = workflowCommand('error', { title, file, line: 1 }, message);
        expect(line).not.toMatch(/[\r\n]/);
        expect(readWorkflowCommand(line)).toEqual({
          name: 'error',
          properties: { title: title.toWellFormed(), file: file.toWellFormed(), line: '1' },
          data: message.toWellFormed(),
        });
      }),
    );
  });

  test('masks a secret of several lines', () => {
    expect(addMask(new Secret('a%\nb'))).toBe('::add-mask::a%25%0Ab');
  });
});

describe('the lines around text from elsewhere', () => {
  test('stop and resume commands', () => {
    expect(stopCommands('0123456789abcdef')).toEqual({
      stop: '::stop-commands::0123456789abcdef',
      resume: '::0123456789abcdef::',
    });
  });

  test.each(['', 'short', 'pause-logging', '0123456789abcdef::x', '0123456789\nabcdef'])(
    'are not made of the token %j',
    (token) => {
      expect(() => stopCommands(token)).toThrow('the token that stops commands could be guessed');
    },
  );
});
