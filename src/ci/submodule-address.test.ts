import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { submoduleRepository } from './submodule-address.ts';

const from = { host: 'git.io', owner: 'team', name: 'app', url: 'https://git.io/team/app' };
const read = (text: string) => submoduleRepository(text, from)?.url;

describe('the address of a submodule', () => {
  test.each([
    ['https://git.io/team/lib', 'https://git.io/team/lib'],
    ['https://git.io/team/lib.git', 'https://git.io/team/lib'],
    ['https://git.io/team/lib/', 'https://git.io/team/lib'],
    ['https://Git.io/Team/Lib', 'https://git.io/Team/Lib'],
    ['https://other.io:8443/group/sub/lib', 'https://other.io:8443/group/sub/lib'],
    ['../lib', 'https://git.io/team/lib'],
    ['../lib.git', 'https://git.io/team/lib'],
    ['../../other/lib/', 'https://git.io/other/lib'],
    ['../.github', 'https://git.io/team/.github'],
  ])('%s means %s', (text, url) => {
    expect(read(text)).toBe(url);
  });

  test.each([
    '',
    'ext::sh -c "touch /tmp/x"',
    'file:///etc',
    '/srv/git/lib.git',
    'lib',
    './lib',
    'http://git.io/team/lib',
    'ssh://git@git.io/team/lib',
    'git@git.io:team/lib',
    'HTTPS://git.io/team/lib',
    'https:/git.io/team/lib',
    'https://git.io',
    'https://git.io/lib',
    'https://git.io@evil.io/team/lib',
    'https://user:password@git.io/team/lib',
    'https://git.io:0/team/lib',
    'https://git.io\\@evil.io/team/lib',
    'https://git.io/team/lib?service=x',
    'https://git.io/team/lib#x',
    'https://git.io/team/../other/lib',
    'https://git.io/%2e%2e/lib',
    'https://git.io//team/lib',
    'https://git.io/team/lib\nHost: evil.io',
    '--upload-pack=touch /tmp/x',
    '..',
    '../',
    '../../lib',
    '../../../etc/passwd',
    '../a/../../../lib',
    '..//evil.io/team/lib',
    '../https://evil.io/team/lib',
    '..\\..\\lib',
  ])('%j means nothing', (text) => {
    expect(read(text)).toBeUndefined();
  });

  test('never leads to another scheme, a login or a place above, whatever it is', () => {
    const part = fc.constantFrom(
      '..',
      '.',
      '/',
      '//',
      'https:',
      '@',
      ':',
      '?',
      '%2e',
      'a',
      'b.git',
      '\\',
      ' ',
    );
    const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.webUrl(), fc.string({ unit: 'binary' })), (untrusted) => {
        const url = read(untrusted);
        if (url !== undefined) expect(new URL(url).href).toBe(url);
      }),
    );
  });
});
