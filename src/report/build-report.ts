import * as z from 'zod/mini';

/** Adds the sentence that the generated schema shows for a field. */
function described<T extends z.core.$ZodType>(schema: T, description: string): T {
  z.globalRegistry.add(schema, { description });
  return schema;
}

const seconds = described(z.number().check(z.nonnegative()), 'Seconds.');
const bytes = described(z.int().check(z.nonnegative()), 'Bytes.');

const sourceSchema = z.strictObject({
  event: described(
    z.string(),
    'Why it was built: local, push, pull_request_target, merge_group, workflow_dispatch or schedule.',
  ),
  repository: described(z.string(), 'owner/name; only the name for a checkout without a remote.'),
  commit: described(z.string(), 'Full commit id.'),
  ref: z.optional(described(z.string(), 'Full ref, absent on a detached head.')),
  pull_request: z.optional(described(z.int(), 'Number of the pull request.')),
  dirty: described(z.boolean(), 'Whether the checkout held uncommitted changes.'),
  url: z.optional(described(z.string(), 'Where people find the source.')),
  run: z.optional(described(z.string(), 'Number of the run that asked for the build, as its token says.')),
});

const platformSchema = z.strictObject({
  platform: described(z.string(), 'os/architecture[/variant].'),
  digest: described(z.string(), 'Digest of the platform manifest.'),
  size: described(bytes, 'Bytes of the compressed layers and the config.'),
  seconds: described(seconds, 'Time from its first to its last build step.'),
  steps: described(z.int(), 'Build steps.'),
  cached_steps: described(z.int(), 'Build steps that the cache answered.'),
  node: z.optional(described(z.string(), 'Builder node, where there were several.')),
});

const repositorySchema = z.strictObject({
  repository: described(z.string(), 'Where the image was pushed.'),
  pull_repository: described(z.string(), 'Where consumers pull it.'),
  state: described(
    z.enum(['tagged', 'pushed', 'missing']),
    'tagged: complete and its tags moved. pushed: complete by digest, no tag moved. missing: not complete.',
  ),
  uploaded_bytes: described(bytes, 'Bytes sent.'),
  seconds: described(seconds, 'Time spent on the push.'),
});

const signatureSchema = z.strictObject({
  repository: described(z.string(), 'Where the signed image was pushed.'),
  digest: described(z.string(), 'What is signed: the index, or the manifest of a platform.'),
  platform: z.optional(described(z.string(), 'Absent for what the tags name.')),
  signer: described(z.string(), 'Name of the signer in the configuration.'),
  kind: described(
    z.enum(['notary', 'notation', 'cosign']),
    'notary: the Signify service. notation, cosign: signed by the builder itself.',
  ),
  state: described(
    z.enum(['verified', 'requested']),
    'verified: found in the registry and judged valid. requested: the service took the order, and nobody looked.',
  ),
  reused: described(z.boolean(), 'Whether an earlier run made it.'),
  signature: z.optional(described(z.string(), 'Digest of the manifest of the signature.')),
  signed_by: z.optional(
    described(z.string(), 'Subject of the certificate, or fingerprint (SHA-256) of the key.'),
  ),
  signing_time: z.optional(described(z.string(), 'RFC 3339, UTC, as the signer claims it.')),
});

const reuseSchema = z.strictObject({
  state: described(
    z.enum(['reused', 'built', 'ineligible']),
    'reused: an earlier build had the same inputs, and this is its image. built: there was none. ineligible: it cannot be told what goes into this image.',
  ),
  fingerprint: z.optional(
    described(z.string(), 'Digest that stands for everything that goes into the image.'),
  ),
  reason: z.optional(described(z.string(), 'Why no earlier image is reused, or this one cannot be later.')),
  line: z.optional(described(z.int(), 'Line in the Dockerfile that the reason is about, from 1.')),
  from: z.optional(
    described(
      z.strictObject({
        commit: described(z.string(), 'What it built.'),
        run: z.optional(described(z.string(), 'Number of the run that asked for it.')),
        created: z.optional(described(z.string(), 'When, RFC 3339, as the image says.')),
      }),
      'The earlier build, as the signature of its image tells.',
    ),
  ),
});

const runSchema = z.strictObject({
  backend: described(z.enum(['azure-devops']), 'Where it ran.'),
  id: described(z.string(), 'Number of the run.'),
  url: described(z.string(), 'Its page.'),
  result: z.optional(described(z.string(), "The service's own word for how it ended.")),
});

const errorSchema = z.strictObject({
  code: described(z.string(), 'Stable code, see docs/errors.md.'),
  message: z.string(),
  hint: z.optional(described(z.string(), 'The way out.')),
  file: z.optional(described(z.string(), 'Dockerfile, relative to the checkout.')),
  line: z.optional(described(z.int(), 'Line in that file, from 1.')),
  platform: z.optional(z.string()),
  step: z.optional(described(z.string(), 'Instruction that failed.')),
  output: z.optional(described(z.array(z.string()), 'Last lines that the failed step printed.')),
});

const slowStepSchema = z.strictObject({
  name: z.string(),
  platform: z.optional(z.string()),
  seconds,
  after: z.optional(
    described(
      z.number().check(z.nonnegative()),
      'Seconds from the first build step to the start of this one.',
    ),
  ),
});

const adviceSchema = z.strictObject({
  rule: described(z.string(), 'Name of the rule, see docs/advice.md.'),
  message: described(z.string(), 'What it costs and what to change.'),
  file: z.optional(described(z.string(), 'Dockerfile, relative to the checkout.')),
  line: z.optional(described(z.int(), 'Line in that file, from 1.')),
  saves: z.optional(described(z.string(), 'What the change is worth, where that was measured.')),
});

/** The build report, version 1. The fields up to `architectures` keep the names that deployed readers know. */
export const buildReportSchema = z.strictObject({
  version: described(z.literal(1), 'Version of this schema; grows when a field changes its meaning or goes.'),
  status: described(z.enum(['Succeeded', 'Failed', 'Canceled']), 'How the whole build ended.'),
  pushed: described(z.boolean(), 'Whether every repository holds the image under all its tags.'),
  signed: described(
    z.boolean(),
    'Whether everything is signed, and every signature was found again and verified.',
  ),
  resumed: described(z.boolean(), 'Whether the image was built by an earlier run that could not publish it.'),
  image_name: described(z.string(), 'Image name without registry and tag.'),
  images_list: described(z.array(z.string()), 'Every name with its tag that the image can be pulled by.'),
  digest: described(
    z.string(),
    'Digest of the index, or of the manifest of a single platform; empty before the build ended.',
  ),
  tags: described(z.array(z.string()), 'Tags without duplicates, the default tag first.'),
  repository_path: described(z.string(), 'Registry path of the first repository, with a slash at its end.'),
  architectures: described(z.array(z.string()), 'Platforms that were asked for.'),
  repositories: z.array(repositorySchema),
  platforms: described(z.array(platformSchema), 'Empty before the build ended.'),
  signatures: described(
    z.array(signatureSchema),
    'One for each signer of each thing that is signed; empty when nothing was.',
  ),
  source: z.optional(sourceSchema),
  dockerfile: z.optional(described(z.string(), 'Dockerfile, relative to the checkout.')),
  reuse: z.optional(
    described(reuseSchema, 'Absent where the configuration does not ask for the reuse of earlier images.'),
  ),
  policy_rule: z.optional(described(z.string(), 'Rule of the policy that allowed the build, or denied it.')),
  run: z.optional(
    described(runSchema, 'The run of a pipeline that built it; absent for a build in the process itself.'),
  ),
  started: described(z.string(), 'RFC 3339, UTC.'),
  seconds: described(seconds, 'The whole build.'),
  timings: z.array(
    z.strictObject({
      stage: described(
        z.enum(['queue', 'run', 'identify', 'plan', 'build', 'push', 'sign', 'tag', 'report']),
        'queue, run: waiting for a pipeline elsewhere, and its whole run.',
      ),
      seconds,
    }),
  ),
  slowest_steps: z.array(slowStepSchema),
  warnings: z.array(
    z.strictObject({
      message: z.string(),
      file: z.optional(z.string()),
      line: z.optional(z.int()),
      url: z.optional(z.string()),
    }),
  ),
  advice: z.optional(described(z.array(adviceSchema), 'What would make the build faster.')),
  error: z.optional(described(errorSchema, 'Why it failed; absent on success.')),
});

export type BuildReport = z.infer<typeof buildReportSchema>;
