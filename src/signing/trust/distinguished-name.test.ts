import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { issue } from '../../../test/fakes/signing/certificates.ts';
import { comparableSubject, isPartOf, parseDistinguishedName } from './distinguished-name.ts';

const parse = (text: string) => Object.fromEntries(parseDistinguishedName(text));

describe('a distinguished name', () => {
  test.each([
    ['C=DE, ST=BW, O=SAP', { C: 'DE', ST: 'BW', O: 'SAP' }],
    [' C = DE ,ST=BW;O= SAP SE , CN=a b', { C: 'DE', ST: 'BW', O: 'SAP SE', CN: 'a b' }],
    ['C=DE,S=BW,O=SAP', { C: 'DE', ST: 'BW', O: 'SAP' }],
    ['O=a\\, b\\+c\\=d\\\\,C=DE,ST=BW', { O: 'a, b+c=d\\', C: 'DE', ST: 'BW' }],
    ['O=a=b,C=DE,ST=BW', { O: 'a=b', C: 'DE', ST: 'BW' }],
    ['O=\\ x\\ ,C=DE,ST=BW', { O: ' x ', C: 'DE', ST: 'BW' }],
    ['O=M\\C3\\BCller,C=DE,ST=BW', { O: 'Müller', C: 'DE', ST: 'BW' }],
    ['O=Müller,C=DE,ST=BW', { O: 'Müller', C: 'DE', ST: 'BW' }],
    ['O=\\#1,C=DE,ST=BW', { O: '#1', C: 'DE', ST: 'BW' }],
  ])('%s is read', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test.each([
    ['', 'has ""'],
    ['C=DE, ST=BW', 'lacks O'],
    ['CN=x', 'lacks C, ST, O'],
    ['c=DE, st=BW, o=SAP', 'lacks C, ST, O'],
    ['C=DE, ST=BW, O=SAP, O=Other', 'has "O" more than once'],
    ['C=DE, ST=BW, S=BY, O=SAP', 'has "ST" more than once'],
    ['C=DE, ST=BW, O=SAP+OU=x', '("+")'],
    ['C=DE, ST=BW, O=#0c0153', 'hexadecimal'],
    ['C=DE, ST=BW, O=', 'has "O="'],
    ['C=DE, ST=BW, =SAP', 'has "=SAP"'],
    ['C=DE, ST=BW, O', 'has "O"'],
    ['C=DE, ST=BW, O=SAP,', 'has ""'],
    ['C=DE, ST=BW, O=a\\', 'ends in the middle of an escape'],
    ['C=DE, ST=BW, O=a\\q', 'has "\\q"'],
    ['C=DE, ST=BW, O=a\\c', 'has "\\c"'],
    ['C=DE, ST=BW, O="a"', 'must be escaped'],
    ['C=DE, ST=BW, O=a<b', 'must be escaped'],
    ['C=DE, ST=BW, O=\\ff', 'not UTF-8'],
  ])('%s is refused', (text, message) => {
    expect(() => parseDistinguishedName(text)).toThrow(message);
  });

  test('any value survives escaping and reading', () => {
    const escaped = (value: string) => value.replaceAll(/[ "#+,;<=>\\\0]/g, hex);
    const hex = (char: string) => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
    const value = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(value, (text) => {
        expect(parse(`C=DE,ST=BW,O=${escaped(text)}`)).toEqual({ C: 'DE', ST: 'BW', O: text });
      }),
    );
  });

  test('no text makes it crash or hang', () => {
    const part = fc.constantFrom('C=DE', 'ST', '=', ',', '\\', ' ', '+', 'ü', '#', 'O', '\\2C');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        try {
          expect(parseDistinguishedName(parts.join(''))).toBeInstanceOf(Map);
        } catch (error) {
          expect((error as Error).message).toMatch(/^(?:has|lacks|ends)/);
        }
      }),
    );
  });
});

describe('the subject of a certificate', () => {
  const subject = async (text: string) =>
    Object.fromEntries(comparableSubject((await issue({ subject: text })).certificate));

  test('has the names that identities use, and plain values', async () => {
    expect(
      await subject('C=DE, ST=BW, L=W, O=a\\, b, OU=u, CN=n, 2.5.4.5=1, 2.5.4.9=street, 2.5.4.17=69190'),
    ).toEqual({
      C: 'DE',
      ST: 'BW',
      L: 'W',
      O: 'a, b',
      OU: 'u',
      CN: 'n',
      SERIALNUMBER: '1',
      STREET: 'street',
      POSTALCODE: '69190',
    });
  });

  test.each([
    ['C=DE, ST=BW, O=One, O=Two', 'has "O" more than once'],
    ['C=DE, ST=BW, O=One+O=Two', 'has "O" more than once'],
    ['C=DE, ST=BW, O=One, E=a@b.example', 'has the attribute "E"'],
    ['C=DE, ST=BW, O=One, 1.2.3.4=x', 'has the attribute "1.2.3.4"'],
  ])('%s cannot be compared', async (text, message) => {
    await expect(subject(text)).rejects.toThrow(message);
  });

  test.each([
    ['C=DE, ST=BW, O=SAP', true],
    ['C=DE, ST=BW, O=SAP, CN=builder', true],
    ['O=SAP, ST=BW, C=DE', true],
    ['C=DE, ST=BW, O=sap', false],
    ['C=DE, ST=BW, O=SAP SE', false],
    ['C=DE, ST=BW, O=SAP, OU=x', false],
  ])('%s is part of it: %s', async (text, expected) => {
    const { certificate } = await issue({ subject: 'C=DE, ST=BW, O=SAP, CN=builder' });
    expect(isPartOf(parseDistinguishedName(text), comparableSubject(certificate))).toBe(expected);
  });
});
