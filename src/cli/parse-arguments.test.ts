import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFailure } from '../core/index.ts';
import { flagsOf } from './flags.ts';
import { parseArguments } from './parse-arguments.ts';

const parse = (...args: string[]) => parseArguments(args, flagsOf.build);

describe('the flags of deployed callers', () => {
  test.each([
    [['--name', 'app'], 'app'],
    [['--name=app'], 'app'],
    [['-name', 'app'], 'app'],
    [['-name=app'], 'app'],
    [['--name='], ''],
    [['--name', '-app'], '-app'],
    [['--name=a=b'], 'a=b'],
    [['--name=two\nlines'], 'two\nlines'],
  ])('%j gives the value %j', (args, value) => {
    expect(parse(...args).values.get('name')).toEqual([value]);
  });

  test.each([
    ['--export-tags', true],
    ['-export-tags', true],
    ['--export-tags=true', true],
    ['--export-tags=1', true],
    ['--export-tags=T', true],
    ['--export-tags=false', false],
    ['--export-tags=0', false],
    ['-export-tags=FALSE', false],
  ])('the switch %s is %s', (arg, value) => {
    expect(parse(arg).switches.get('export-tags')).toBe(value);
  });

  test('a switch does not take the next word', () => {
    const { switches, positionals } = parse('--export-tags', 'false');
    expect(switches.get('export-tags')).toBe(true);
    expect(positionals).toEqual(['false']);
  });

  test('flags that may be given several times keep their order', () => {
    expect(parse('--tag', 'b', '--tag=a', '-tag', 'b').values.get('tag')).toEqual(['b', 'a', 'b']);
  });

  test('nothing after -- is a flag', () => {
    expect(parse('--', '--name', 'x').positionals).toEqual(['--name', 'x']);
  });

  const deployed = [
    'name context dockerfile target tag tag-base64 build-arg platform export-tags config repo use-restricted-registry',
    'use-go-internal-sap-modules build-report-path tags-output-file parse-tags-only sign-only images-to-sign dry-run',
    'oidc-token azure-client-id azure-client-secret azure-tenant-id ado-preview-run ado-preview-run-yaml-path',
    'ado-state-output debug silent log-dir',
  ].flatMap((names) => names.split(' '));

  test.each(deployed)('--%s is known', (name) => {
    expect(flagsOf.build.some((flag) => flag.name === name)).toBe(true);
  });
});

describe('a wrong command line is refused', () => {
  test.each([
    [['--plattform', 'x'], 'unknown flag "--plattform"', 'did you mean "--platform"? See --help'],
    [['--zzzzzzzz'], 'unknown flag "--zzzzzzzz"', 'see --help'],
    [['--name'], 'flag "--name" needs a value NAME', 'see --help'],
    [['--name', '--tag', 'x'], 'flag "--name" needs a value NAME', 'if "--tag" is the value, write --name=…'],
    [['--name', 'a', '--name', 'b'], 'flag "--name" is given twice', 'give it once'],
    [
      ['--export-tags=yes'],
      'flag "--export-tags" expects true or false',
      'a switch is --flag or --flag=true|false',
    ],
  ])('%j: %s', (args, message, hint) => {
    expect(() => parse(...args)).toThrow(expect.objectContaining({ code: 'usage.invalid', message, hint }));
  });
});

test('no command line crashes or hangs the parser', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('--', '-', '--name', '--tag=', '-export-tags', '--=', '---', '-=x'),
  );
  fc.assert(
    fc.property(fc.array(word), (args) => {
      try {
        parse(...args);
      } catch (error) {
        if (!isFailure(error, 'usage.invalid')) throw error;
      }
    }),
  );
});
