import { byStranger, ofOther, right, type Sign, signature } from './sign.ts';
import { accepted, type Expected, mismatch, type Situation, unsigned, untrusted } from './situation.ts';

const signatureType = 'application/vnd.cncf.notary.signature';
const emptyType = 'application/vnd.oci.empty.v1+json';

const legacyConfig = (config: unknown) => ({ ...(config as object), mediaType: signatureType });
const legacy = signature({
  manifest: ({ artifactType: _, config, ...manifest }) => ({ ...manifest, config: legacyConfig(config) }),
});
const bothTypes = signature({
  manifest: ({ config, ...manifest }) => ({ ...manifest, config: legacyConfig(config) }),
});
const twoLayers = signature({
  manifest: ({ layers, ...manifest }) => ({ ...manifest, layers: [layers, layers].flat() }),
});
const forOtherSubject = signature({
  manifest: ({ subject, ...manifest }) => ({
    ...manifest,
    subject: { ...(subject as object), digest: `sha256:${'1'.repeat(64)}` },
  }),
});
const without = (name: string) =>
  signature({
    manifest: (manifest) => Object.fromEntries(Object.entries(manifest).filter(([key]) => key !== name)),
  });
const listedAs = (artifactType: string | undefined) => signature({ entry: { artifactType } });
const listedWrongly = signature({ entry: { size: 5 } });

const unreadable: Expected = {
  ours: 'manifest.malformed: ',
  notation: 'unable to retrieve digital signature',
};
const vague = {
  ours: 'accepted',
  notation: unsigned.notation,
  differs: 'some registries and tools list without the type, so we look at the manifest',
};
const persistent = {
  ours: 'accepted',
  notation: unreadable.notation,
  differs:
    'notation gives up at the first that cannot be fetched, and anybody who can push could spoil an image',
};
const row = (title: string, signed: readonly Sign[], expected: Expected): Situation => ({
  title,
  signed,
  ...expected,
});

/** What may be attached to an artifact. */
export const attachmentSituations: readonly Situation[] = [
  row('nothing', [], unsigned),
  row('a signature of another digest', [ofOther], mismatch),
  row(
    'a signature of another media type',
    [signature({ target: { mediaType: 'application/vnd.oci.image.index.v1+json' } })],
    mismatch,
  ),
  row('a signature of another size', [signature({ target: { size: 1 } })], mismatch),
  row('a signature of more than a descriptor', [signature({ target: { urls: ['x'], other: 1 } })], accepted),
  row('a signature of metadata', [signature({ target: { annotations: { a: 'b' } } })], accepted),
  row('a signature of metadata that is no text', [signature({ target: { annotations: { a: 1 } } })], {
    ours: 'payload.malformed: ',
    notation: 'cannot unmarshal number',
  }),

  row('several, of which the last is right', [byStranger, ofOther, right], accepted),
  row('several, of which the first is right', [right, ofOther, byStranger], accepted),
  row('several, and the first is of a stranger', [byStranger, ofOther], untrusted),
  row('several, and the last is of another digest', [byStranger, ofOther], mismatch),

  row('a manifest as notation 1 writes it', [legacy], accepted),
  row('a manifest with both types', [bothTypes], accepted),
  row('a manifest that names another subject', [forOtherSubject], accepted),
  row('a manifest that names no subject', [without('subject')], accepted),
  row('a manifest without annotations', [without('annotations')], accepted),
  row('a manifest without a media type', [without('mediaType')], accepted),
  row('a manifest with two envelopes', [twoLayers], unreadable),
  row('a manifest with two envelopes after a right one', [right, twoLayers], accepted),
  row('a manifest with two envelopes before a right one', [twoLayers, right], persistent),
  row('a manifest without an envelope', [without('layers')], unreadable),
  row('an envelope of an unknown type', [signature({ mediaType: 'text/plain' })], {
    ours: 'envelope.media-type: ',
    notation: 'signature envelope format with media type "text/plain" is not supported',
  }),
  row('an envelope of the other type', [signature({ mediaType: 'application/cose' })], {
    ours: 'envelope.malformed: ',
    notation: 'invalid COSE_Sign1_Tagged object',
  }),
  row(
    'something else that is listed as a signature',
    [
      signature({
        manifest: (manifest) => ({ ...manifest, artifactType: 'text/x-other' }),
        entry: { artifactType: signatureType },
      }),
    ],
    {
      ours: 'manifest.malformed: ',
      notation: 'accepted',
      differs: 'notation believes the list, which nobody signs, and does not look at the manifest',
    },
  ),

  row('a signature listed as something else', [listedAs('text/x-other')], unsigned),
  row('a signature listed without a type', [listedAs(undefined)], vague),
  row('a signature listed with an empty type', [listedAs('')], vague),
  row('a signature listed with the type of its configuration', [listedAs(emptyType)], vague),
  row('a signature listed with another size', [listedWrongly], unreadable),
  row('a signature listed with another size before a right one', [listedWrongly, right], persistent),
];
