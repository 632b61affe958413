import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFailure } from '../core/index.ts';
import { parseTagArgument, parseTagsBase64 } from './parse-tag-argument.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a tag argument', () => {
  test.each([
    ['latest', 'latest', 'latest'],
    ['v1.2.3', 'v123', 'v1.2.3'],
    ['release=v1.2.3', 'release', 'v1.2.3'],
    ['a=b=c', 'a', 'b=c'],
    [' name = value ', 'name', 'value'],
    ['v{{ .Date }}-{{ .ShortSHA }}', 'vDate-ShortSHA', 'v{{ .Date }}-{{ .ShortSHA }}'],
    [
      'pr={{ if eq .PRNumber "1" }}a{{ else }}b{{ end }}',
      'pr',
      '{{ if eq .PRNumber "1" }}a{{ else }}b{{ end }}',
    ],
    ['x={{ printf "a=b" }}', 'x', '{{ printf "a=b" }}'],
    ['A_b-9=1', 'A_b-9', '1'],
  ])('%j has the name %j and the value %j', (text, name, value) => {
    expect(parseTagArgument(text)).toEqual({ name, value });
  });

  test.each([
    ['', 'tag "" has no value'],
    ['   ', 'tag "" has no value'],
    ['name=', 'tag "name=" has no value'],
    ['name= ', 'tag "name=" has no value'],
    ['=value', 'tag "value" has no name'],
    ['...', 'tag "..." has no name'],
    ['a b=c', 'tag "c" has the name "a b"'],
    ['{{ printf "a=b" }}', 'tag "b\\" }}" has the name "{{ printf "a"'.replaceAll('\\', '')],
    ['a\nb=c', 'tag "c" has the name "a\\nb"'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parseTagArgument(text)).toThrow(expect.objectContaining({ code: 'tag.invalid', message }));
  });
});

describe('a base64 list of tags', () => {
  test.each([
    ['nothing', '', []],
    ['one tag', base64('latest'), ['latest']],
    ['commas and line breaks', base64('a,b\nc\r\nd'), ['a', 'b', 'c', 'd']],
    ['blanks', base64(',a, ,\n\n b ,'), ['a', 'b']],
    ['names', base64('x=1,y=2'), ['1', '2']],
    ['no padding', 'YQ', ['a']],
    ['padding', 'YQ==', ['a']],
    ['white space', ' Y\tSxi\r\nLGM= ', ['a', 'b', 'c']],
    ['the standard alphabet', base64('n={{ "~?>" }}'), ['{{ "~?>" }}']],
    ['the URL-safe alphabet', Buffer.from('n={{ "~?>" }}').toString('base64url'), ['{{ "~?>" }}']],
  ])('with %s', (_, text, values) => {
    expect(parseTagsBase64(text).map((tag) => tag.value)).toEqual(values);
  });

  test.each([
    ['latest!', 'list of tags "latest!" is not base64'],
    ['YQ=', 'list of tags "YQ=" is not base64'],
    ['YQ===', 'list of tags "YQ===" is not base64'],
    ['Y', 'list of tags "Y" is not base64'],
    ['YW=j', 'list of tags "YW=j" is not base64'],
    ['=', 'list of tags "=" is not base64'],
    ['/w==', 'list of tags "/w==" is not the base64 of a UTF-8 text'],
    [base64('a,=b'), 'tag "b" has no name'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parseTagsBase64(text)).toThrow(
      expect.objectContaining({ code: 'tag.invalid', message: expect.stringContaining(message) }),
    );
  });

  test('round-trips for any names and values', () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/);
    const value = fc.stringMatching(/^[a-zA-Z0-9_.{}="é-]{1,20}$/);
    fc.assert(
      fc.property(fc.array(fc.record({ name, value })), fc.boolean(), (tags, urlSafe) => {
        const list = tags.map((tag) => `${tag.name}=${tag.value}`).join(',');
        const encoded = Buffer.from(list).toString(urlSafe ? 'base64url' : 'base64');
        expect(parseTagsBase64(encoded)).toEqual(tags);
      }),
    );
  });

  test('of any text is read or refused as an invalid tag', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.string().map(base64));
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parseTagsBase64(text);
        } catch (error) {
          if (!isFailure(error, 'tag.invalid')) throw error;
        }
      }),
    );
  });
});
