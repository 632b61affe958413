import type { Flag } from './flag.ts';
import { stateOutput } from './signing-flags.ts';

const document = (kind: string, stage: string) =>
  [
    { name: kind, value: 'FILE', description: `what "pipeline ${stage}" wrote` },
    {
      name: `${kind}-digest`,
      value: 'DIGEST',
      description: `digest that "pipeline ${stage}" printed, kept where later jobs cannot change it`,
    },
  ] as const satisfies readonly Flag[];

/** Of `pipeline`. */
export const staging: readonly Flag[] = [
  {
    name: 'request',
    value: 'FILE',
    description: 'identify: the request, as canonical JSON; default: $IMAGE_BUILDER_REQUEST, in base64',
  },
  ...document('identified', 'identify'),
  ...document('built', 'build'),
  ...document('published', 'publish'),
  { name: 'output', value: 'FILE', description: 'write what this stage hands on to this file' },
  { name: 'node', value: 'NAME', description: 'build: only what this node of the plan builds' },
  {
    name: 'build-report-path',
    value: 'FILE',
    description: 'report: write the build report (JSON) to this file as well',
  },
  {
    name: 'log-dir',
    value: 'DIR',
    description: 'write the whole log to image-builder.log in this folder as well',
  },
  stateOutput,
];
