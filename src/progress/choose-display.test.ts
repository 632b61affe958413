import { expect, test } from 'vitest';
import { chooseDisplay } from './choose-display.ts';

const xterm = { TERM: 'xterm-256color' };

test.each([
  ['a terminal gets the live view', 'auto', true, xterm, { mode: 'tty', colors: true }],
  ['a pipe gets plain lines', 'auto', false, xterm, { mode: 'plain', colors: false }],
  ['a dumb terminal gets plain lines', 'auto', true, { TERM: 'dumb' }, { mode: 'plain', colors: false }],
  [
    'CI gets plain lines even on a terminal',
    'auto',
    true,
    { ...xterm, CI: 'true' },
    { mode: 'plain', colors: true },
  ],
  [
    "GitHub's runner is spoken to",
    'auto',
    false,
    { CI: 'true', GITHUB_ACTIONS: 'true' },
    { mode: 'github', colors: false },
  ],
  ["Azure's agent is spoken to", 'auto', false, { TF_BUILD: 'True' }, { mode: 'azure', colors: false }],
  [
    'variables of a runner that are empty say nothing',
    'auto',
    false,
    { GITHUB_ACTIONS: '', TF_BUILD: '' },
    { mode: 'plain', colors: false },
  ],
  [
    'a wish is granted on a runner too',
    'plain',
    false,
    { GITHUB_ACTIONS: 'true' },
    { mode: 'plain', colors: false },
  ],
  ['NO_COLOR keeps the live view', 'auto', true, { ...xterm, NO_COLOR: '1' }, { mode: 'tty', colors: false }],
  ['an empty NO_COLOR says nothing', 'auto', true, { ...xterm, NO_COLOR: '' }, { mode: 'tty', colors: true }],
  ['a wish is granted', 'json', true, xterm, { mode: 'json', colors: true }],
  ['the live view can be had in a pipe', 'tty', false, xterm, { mode: 'tty', colors: false }],
] as const)('%s', (_title, requested, isTerminal, env, expected) => {
  expect(chooseDisplay({ requested, isTerminal, env })).toEqual(expected);
});
