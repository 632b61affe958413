import { expect, test } from 'vitest';
import { readableLine } from './readable-line.ts';

test.each([
  ['##[section]Starting: Build', undefined],
  ['##[section]Finishing: Build', undefined],
  ['##[endgroup]', undefined],
  ['##[group]building app', '== building app'],
  ['##[section]build done 3.2 s', '== build done 3.2 s'],
  ['##[command]docker build', '$ docker build'],
  ['##[error]Bash exited with code 4', 'error: Bash exited with code 4'],
  ['##[warning]old', 'warning: old'],
  ['##[add-mask]e', '##[add-mask]e'],
  ['##[constructor]x', '##[constructor]x'],
  ['a line with ##[group] in it', 'a line with ##[group] in it'],
  ['', ''],
])('of the agent, %j is read as %j', (line, readable) => {
  expect(readableLine(line)).toBe(readable);
});
