import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  basicConstraints,
  chainUnder,
  Extension,
  extendedKeyUsage,
  issue,
  issueChain,
  issuedAt,
  keyUsage,
  purposes,
} from '../../../test/fakes/signing/certificates.ts';
import { checkChain } from './check-chain.ts';
import { isIssuedBy } from './issued-by.ts';
import { parseCertificate, parseCertificates, publicKeyOf } from './parse-certificate.ts';
import { subjectAttributes, subjectOf } from './subject.ts';
import { thumbprintOf } from './thumbprint.ts';
import { validityFault, validUntil } from './validity.ts';

const chain = await issueChain();
const der = (of = chain.leaf) => new Uint8Array(of.certificate.rawData);
const seconds = (count: number) => new Date(issuedAt.getTime() + count * 1000);

describe('parseCertificate', () => {
  test('reads exactly one certificate in DER', () => {
    expect(parseCertificate(der()).equal(chain.leaf.certificate)).toBe(true);
  });

  test('refuses every other form, which one of two parsers would read', () => {
    const pem = chain.leaf.certificate.toString('pem');
    const base64 = Buffer.from(der()).toString('base64');
    for (const bytes of [pem, base64, Buffer.from(der()).toString('hex')])
      expect(() => parseCertificate(Buffer.from(bytes))).toThrow();
    expect(() => parseCertificate(Buffer.concat([der(), Buffer.of(0)]))).toThrow();
  });

  test('refuses a certificate that carries another one as PEM', async () => {
    const pem = `\n${chain.leaf.certificate.toString('pem')}\n`;
    const outer = await issue({ more: [new Extension('1.2.3.4', false, Buffer.from(pem))] });
    expect(() => parseCertificate(der(outer))).toThrow(/nothing else/);
  });

  test('ends for any bytes in a certificate or an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(() => parseCertificate(bytes)).toThrow();
      }),
    );
  });
});

describe('parseCertificates', () => {
  test('reads all blocks in their order and passes over other text', () => {
    const text = chain.certificates.map((one) => `# ${one.subject}\n${one.toString('pem')}\n`).join('\n');
    const read = parseCertificates(`${text}\n-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----`);
    expect(read.map(thumbprintOf)).toEqual(chain.certificates.map(thumbprintOf));
    expect(parseCertificates('nothing')).toEqual([]);
  });

  test('does not pass over a block that it cannot read', () => {
    const text = chain.leaf.certificate.toString('pem').replace(/\n[^-]{10}/, '\n!!!');
    expect(() => parseCertificates(text)).toThrow();
  });
});

describe('isIssuedBy', () => {
  test('wants the name and the signature', async () => {
    const { leaf, intermediate, root } = chain;
    const twin = await issue({ role: 'authority', subject: intermediate.certificate.subject });
    expect(isIssuedBy(leaf.certificate, intermediate.certificate)).toBe(true);
    expect(isIssuedBy(root.certificate, root.certificate)).toBe(true);
    expect(isIssuedBy(leaf.certificate, root.certificate)).toBe(false);
    expect(isIssuedBy(leaf.certificate, twin.certificate)).toBe(false);
  });
});

describe('checkChain', () => {
  const certificate = async (order: Parameters<typeof issue>[0]) => (await issue(order)).certificate;

  test('takes a chain for signing code with every allowed variation', async () => {
    const orders = [
      {},
      { extendedKeyUsage: null },
      { extendedKeyUsage: extendedKeyUsage([purposes.codeSigning, '1.2.3.4'], true) },
      { keyUsage: keyUsage(['digitalSignature', 'nonRepudiation']) },
      { basicConstraints: basicConstraints(false) },
      { hash: 'SHA-512' },
      { more: [new Extension('1.2.3.4', true, new Uint8Array([5, 0]))] },
    ] as const;
    for (const order of orders) {
      const { certificates } = await chainUnder(chain, order);
      expect(() => checkChain(certificates, 'code signing')).not.toThrow();
    }
  });

  test('holds one purpose apart from the other', async () => {
    const stamping = await certificate({ role: 'timestamping', issuer: chain.root });
    const root = chain.root.certificate;
    expect(() => checkChain([stamping, root], 'timestamping')).not.toThrow();
    expect(() => checkChain([stamping, root], 'code signing')).toThrow(/timeStamping/);
    expect(() => checkChain(chain.certificates, 'timestamping')).toThrow(/critical extKeyUsage/);
  });

  test('wants no critical keyUsage for timestamping, but one', async () => {
    const order = { role: 'timestamping', issuer: chain.root } as const;
    const relaxed = await certificate({ ...order, keyUsage: keyUsage(['digitalSignature'], false) });
    const without = await certificate({ ...order, keyUsage: null });
    expect(() => checkChain([relaxed, chain.root.certificate], 'timestamping')).not.toThrow();
    expect(() => checkChain([without, chain.root.certificate], 'timestamping')).toThrow(/no keyUsage/);
  });

  test('counts the authorities below a path length', async () => {
    const subjects = ['CN=Upper', 'CN=Lower'] as const;
    const limited = (pathLength: number) => basicConstraints(true, { pathLength });
    const upper = (pathLength: number) =>
      issue({
        role: 'authority',
        subject: subjects[0],
        issuer: chain.root,
        basicConstraints: limited(pathLength),
      });
    for (const [pathLength, fits] of [
      [1, true],
      [0, false],
    ] as const) {
      const above = await upper(pathLength);
      const below = await issue({
        role: 'authority',
        subject: subjects[1],
        issuer: above,
        basicConstraints: limited(0),
      });
      const leaf = await issue({ issuer: below });
      const certificates = [leaf, below, above, chain.root].map((one) => one.certificate);
      const check = () => checkChain(certificates, 'code signing');
      if (fits) expect(check).not.toThrow();
      else expect(check).toThrow(/"CN=Upper" allows 0 authorities below it, got 1/);
    }
  });

  test('names an extension that cannot be read a fault of the profile', async () => {
    const broken = new Extension('2.5.29.15', true, new Uint8Array([4, 0]));
    const { certificates } = await chainUnder(chain, { keyUsage: broken });
    expect(() => checkChain(certificates, 'code signing')).toThrow(
      expect.objectContaining({ reason: 'certificate.profile' }),
    );
  });
});

describe('the subject', () => {
  test('gives its attributes by their short names, each with all its values', async () => {
    const subject = 'C=DE, ST=BW+L=Walldorf, O=SAP\\, SE, OU=a, OU=b, CN=x, 1.2.3.4=y';
    const attributes = subjectAttributes((await issue({ subject })).certificate);
    expect(Object.fromEntries(attributes)).toEqual({
      C: ['DE'],
      ST: ['BW'],
      L: ['Walldorf'],
      O: ['SAP, SE'],
      OU: ['a', 'b'],
      CN: ['x'],
      '1.2.3.4': ['y'],
    });
  });

  test('is harmless in a message', async () => {
    const { certificate } = await issue({ subject: [{ CN: ['\u001b[31m\n::error::'] }] });
    expect(subjectOf(certificate)).toBe('"CN=\u{FFFD}[31m\\0A::error::"');
    const long = await issue({ subject: `CN=${'x'.repeat(300)}` });
    expect(subjectOf(long.certificate)).toHaveLength(203);
  });
});

describe('validity', () => {
  test('includes both ends, and names the certificate outside', async () => {
    const { certificates } = await chainUnder(chain, {
      subject: 'CN=Short',
      notBefore: seconds(0),
      notAfter: seconds(10),
    });
    expect([0, 10].map((at) => validityFault(certificates, seconds(at)))).toEqual([undefined, undefined]);
    expect(validityFault(certificates, seconds(-1))).toMatch(/certificate "CN=Short" is valid from \d{4}-/);
    expect(validityFault(certificates, seconds(11))).toMatch(/certificate "CN=Short" expired at \d{4}-/);
    expect(validUntil(certificates)).toEqual(seconds(10));
  });
});

test('thumbprint is what openssl prints as fingerprint, in lower case', () => {
  expect(thumbprintOf(chain.leaf.certificate)).toMatch(/^[0-9a-f]{64}$/);
  expect(publicKeyOf(chain.leaf.certificate).asymmetricKeyType).toBe('ec');
});
