import * as z from 'zod/mini';
import { distinct, expecting, listOf, optional, parsed, required, section, withDefault } from './fields.ts';
import { alternative, duration, oneOf, plainUrl, serviceUrl, text } from './scalars.ts';

const signatureAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
] as const;

const issuerUrl = parsed(z.string(), readIssuerUrl, {
  expected: 'an https address without credentials and query',
  title: 'address',
});

function readIssuerUrl(untrustedText: string): string | undefined {
  const url = plainUrl(untrustedText);
  return url?.protocol === 'https:' && url.search === '' ? untrustedText : undefined;
}

const audienceKinds = ['bound', 'static'] as const;

/** What an audience that binds a token to a request begins with; no static one may look like it. */
const boundPrefix = 'image-builder:';

const staticValue = expecting(text.check(z.refine((value) => !value.startsWith(boundPrefix))), {
  expected: `a text that is not empty and does not begin with "${boundPrefix}"`,
});

const audience = expecting(
  z.discriminatedUnion('kind', [
    section({
      kind: required(alternative('bound', audienceKinds), {
        description: 'Whether the audience is the hash of the request, or always the same.',
      }),
    }),
    section({
      kind: required(alternative('static', audienceKinds), {
        description: 'Whether the audience is the hash of the request, or always the same.',
      }),
      value: required(staticValue, { description: 'The audience.' }),
    }),
  ]),
  { expected: 'a mapping with "kind", "value"' },
);

const issuerKinds = ['github', 'jenkins'] as const;
type IssuerKind = (typeof issuerKinds)[number];

function issuerOf<Kind extends IssuerKind, Shape extends z.core.$ZodLooseShape>(kind: Kind, shape: Shape) {
  return section({
    name: required(text, { description: 'Name of the issuer in messages.' }),
    kind: required(alternative(kind, issuerKinds), {
      description: 'Whose claims its tokens have: those of GitHub Actions, or those of a Jenkins.',
    }),
    issuer: required(issuerUrl, {
      description: 'The issuer exactly as tokens name it; its keys are found by OpenID Connect discovery.',
    }),
    'github-url': required(serviceUrl, { description: 'GitHub that the source is fetched from.' }),
    audience: required(audience, {
      description: 'Whom the tokens are for: a text, or the request that each was issued for.',
      examples: [{ kind: 'bound' }, { kind: 'static', value: 'image-builder' }],
    }),
    algorithms: withDefault(
      nonEmpty(oneOf(signatureAlgorithms), 'a list of signature algorithms such as ["RS256"]'),
      ['RS256'],
      { description: 'Algorithms that the issuer signs with.' },
    ),
    ...shape,
  });
}

function nonEmpty<Schema extends z.core.$ZodType<string>>(entry: Schema, expected: string) {
  return listOf(entry, expected).check(z.minLength(1));
}

const workflowRef = expecting(
  z
    .string()
    .check(
      z.regex(
        /^[\w.-]+\/[\w.-]+\/\.github\/workflows\/[\w.-]+\.ya?ml@(?:refs\/(?:heads|tags)\/[^\s*]+|[0-9a-f]{40})$/,
      ),
    ),
  { expected: 'a workflow such as "owner/name/.github/workflows/build.yml@refs/heads/main"' },
);
const commitId = expecting(z.string().check(z.regex(/^[0-9a-f]{40}$/)), {
  expected: 'a commit of 40 hexadecimal digits',
});
const accountId = expecting(z.string().check(z.regex(/^[0-9]{1,20}$/)), {
  expected: 'an id as a text of digits, in quotes',
});

const githubIssuer = issuerOf('github', {
  'job-workflow-refs': required(nonEmpty(workflowRef, 'a list of workflows, at least one'), {
    description: 'Reusable workflows whose jobs are believed, each at exactly this ref.',
    examples: [['team/ci/.github/workflows/image-builder.yml@refs/heads/main']],
  }),
  'job-workflow-shas': optional(nonEmpty(commitId, 'a list of commits, at least one'), {
    description: 'Commits of the reusable workflow that are believed; every one when left out.',
  }),
  'runner-environments': optional(
    nonEmpty(oneOf(['github-hosted', 'self-hosted']), 'a list of runner environments, at least one'),
    { description: 'Runners whose jobs are believed; every one when left out.' },
  ),
  'repository-owner-ids': optional(nonEmpty(accountId, 'a list of ids in quotes, at least one'), {
    description: 'Ids of the owners whose repositories are believed; every one when left out.',
    examples: [['39153523']],
  }),
});

const claimName = expecting(z.string().check(z.regex(/^\w{1,64}$/)), {
  expected: 'the name of a claim',
});
const claimValues = expecting(z.union([z.literal('any'), z.array(text).check(z.minLength(1))]), {
  expected: '"any" or a list of values',
});

const jenkinsIssuer = issuerOf('jenkins', {
  repositories: withDefault(
    listOf(
      expecting(z.string().check(z.regex(/^[\w.-]+\/[\w.-]+$/)), { expected: 'a repository as owner/name' }),
      'a list of repositories as owner/name',
    ),
    [],
    {
      description:
        'Repositories whose source the jobs of this Jenkins may have built: its tokens do not name one. None when left out.',
    },
  ),
  'required-claims': required(
    expecting(z.record(claimName, claimValues).check(z.refine((claims) => Object.keys(claims).length > 0)), {
      expected: 'a mapping from claims to "any" or to lists of values, with at least one claim',
    }),
    {
      description: 'Claims that every token has: with `any` value, or with exactly one of these.',
      examples: [{ build_number: 'any', sub: ['https://jenkins.example.com/job/images/'] }],
    },
  ),
});

const issuers = expecting(
  z.array(z.discriminatedUnion('kind', [githubIssuer, jenkinsIssuer])).check(
    z.minLength(1),
    distinct(({ name }) => name),
    distinct(({ issuer }) => issuer),
  ),
  { expected: 'a list of issuers, at least one' },
);

/** Whose tokens prove who a caller is. */
export const identity = section({
  issuers: required(issuers, { description: 'The issuers whose tokens are believed.' }),
  'accepted-after-issue': optional(duration, {
    description:
      'How long after its issue a token is accepted, since it may wait in a queue for longer than it lives; until it expires when left out.',
    examples: ['10m'],
  }),
});
