import { describe, expect, test } from 'vitest';
import { digestOf } from '../../oci/index.ts';
import { readDocument, writeDocument } from './stage-document.ts';

const content = { plan: { name: 'app' }, list: [1, 2] };
const path = 'identified.json';
const { bytes, digest } = writeDocument('identified', content);

const changed = (edit: (document: Record<string, unknown>) => unknown) => {
  const edited = Buffer.from(JSON.stringify(edit(JSON.parse(Buffer.from(bytes).toString()))));
  return { bytes: edited, digest: digestOf(edited) };
};

describe('a document that one stage hands to the next', () => {
  test('comes back as it was', () => {
    expect(readDocument(bytes, { kind: 'identified', digest, path })).toEqual(content);
  });

  test.each([
    [
      'was changed by a single byte',
      { bytes: Buffer.from(bytes).fill(32, bytes.length - 1), digest },
      /has digest sha256:/,
    ],
    [
      'is of another run',
      { bytes: writeDocument('identified', { other: 1 }).bytes, digest },
      /has digest sha256:/,
    ],
    [
      'is of another version',
      changed((document) => ({ ...document, version: 1 })),
      /is of version 1, expected 2/,
    ],
    ['has no version', changed(({ version: _, ...document }) => document), /is of version undefined/],
    ['is of another stage', writeDocument('built', content), /is what stage "built" hands on/],
    ['is no object', changed(() => [1]), /cannot be read: no JSON object/],
    ['is no JSON', { bytes: Buffer.from('{'), digest: digestOf('{') }, /cannot be read/],
    ['is no UTF-8', { bytes: Buffer.from([0xff]), digest: digestOf(Buffer.from([0xff])) }, /cannot be read/],
  ])('is refused when it %s', (_, document, message) => {
    expect(() => readDocument(document.bytes, { kind: 'identified', digest: document.digest, path })).toThrow(
      expect.objectContaining({ code: 'request.invalid', message: expect.stringMatching(message) }),
    );
  });
});
