import * as z from 'zod/mini';
import {
  distinct,
  expecting,
  listOf,
  optional,
  quoted,
  type Refusal,
  refuse,
  required,
  section,
  withDefault,
} from './fields.ts';
import { namePattern, nonEmpty, refPattern } from './name-pattern.ts';
import { restrictedRegistries } from './restricted-registries.ts';
import { builderName, flag, oneOf, repository, text } from './scalars.ts';

const unsignedEvents = ['local', 'pull_request_target', 'merge_group'] as const;
const events = [...unsignedEvents, 'push', 'workflow_dispatch', 'schedule'] as const;

const ruleName = expecting(z.string().check(z.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)), {
  expected: 'a name of lower-case letters, digits and "-"',
});

const host = expecting(z.string().check(z.regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?$/)), {
  expected: 'a host in lower case, such as "github.com"',
  title: 'host',
});

const conditions = section({
  hosts: optional(nonEmpty(host, 'a list of hosts'), {
    description: 'Hosts that the source lies on; any when left out.',
    examples: [['github.com']],
  }),
  repositories: optional(
    nonEmpty(namePattern('A-Za-z0-9._-', 'team/*'), 'a list of patterns of owner/name'),
    {
      description: 'Source repositories as owner/name, by pattern; any when left out.',
      examples: [['team/*']],
    },
  ),
  events: required(nonEmpty(oneOf(events), 'a list of events'), {
    description: 'Events that the rule is for.',
  }),
  refs: optional(nonEmpty(refPattern, 'a list of patterns of full refs'), {
    description:
      'Full refs, by pattern; any when left out. What a pull request builds is `refs/pull/<number>/head`.',
    examples: [['refs/heads/main', 'refs/tags/v*']],
  }),
  protected: optional(flag, {
    description: 'Whether the ref is protected; where that is not known it counts as not protected.',
  }),
  images: optional(nonEmpty(namePattern('a-z0-9._-', 'team/**'), 'a list of patterns of image names'), {
    description: 'Image names, by pattern; any when left out.',
    examples: [['team/**']],
  }),
});

const destinations = expecting(
  z.union([oneOf(['registry', 'dev-registry']), nonEmpty(repository, 'repositories')]),
  {
    expected: '"registry", "dev-registry" or a list of repositories',
  },
);

const restrictedDestinations = expecting(
  z.union([oneOf(['restricted-registry', 'restricted-dev-registry']), restrictedRegistries]),
  {
    expected: '"restricted-registry", "restricted-dev-registry" or a list of mappings with "push" and "pull"',
  },
);

const signing = expecting(z.union([oneOf(['required', 'none']), nonEmpty(text, 'names of signers')]), {
  expected: '"required", "none" or a list of names of signers',
});

const places = ['destinations', 'restricted-destinations', 'requested-destinations'] as const;

const consequences = section(
  {
    destinations: optional(destinations, {
      description: 'Where the image goes: a setting of this file, or repositories.',
    }),
    'restricted-destinations': optional(restrictedDestinations, {
      description: 'Where it goes with `use-restricted-registry`, which is refused when this is left out.',
    }),
    'requested-destinations': optional(
      nonEmpty(namePattern('A-Za-z0-9._:-', 'localhost:5000/**'), 'a list of patterns of repositories'),
      {
        description:
          'Repositories, by pattern, that `--registry` may name instead; it is refused when this is left out.',
        examples: [['localhost:5000/**']],
      },
    ),
    signing: required(signing, {
      description:
        'Whether the image must be signed by every enabled signer, by these signers, or not at all.',
    }),
    'base-registries': optional(nonEmpty(repository, 'a list of registries or repositories'), {
      description:
        'Registries, or repositories and what is below them, that base images may come from; any when left out.',
      examples: [['docker.io/library', 'registry.example.com/base']],
    }),
    'private-go-modules': withDefault(flag, false, {
      description:
        'Whether the build gets the logins for private Go modules when it asks for them; its Dockerfile can read them.',
    }),
    'builder-nodes': optional(listOf(builderName, 'a list of names of builder nodes'), {
      description: 'Names of the builder nodes that may build the image; any when left out.',
    }),
  },
  (context) => {
    if (places.some((place) => context.value[place] !== undefined)) return;
    refuse(context, { message: `expected one of ${places.map(quoted).join(', ')}: the image goes nowhere` });
  },
);

const rule = section(
  {
    name: required(ruleName, { description: 'Name of the rule in plans and refusals.' }),
    when: required(conditions, { description: 'What the rule is for; all of it must fit.' }),
    allow: optional(consequences, { description: 'What the rule allows.' }),
    deny: optional(text, { description: 'In place of `allow`: that it is refused, and what to do instead.' }),
  },
  (context) => {
    const { allow, deny, when } = context.value;
    if ((allow === undefined) === (deny === undefined))
      refuse(context, {
        message: `expected either "allow" or "deny", got ${allow === undefined ? 'neither' : 'both'}`,
      });
    const unsigned = when.events.find((event) => unsignedEvents.some((each) => each === event));
    if (allow === undefined || unsigned === undefined) return;
    const hint = 'give these events a rule of their own';
    const of = `images of event ${quoted(unsigned)}`;
    if (allow.signing !== 'none')
      refuse(context, { message: `${of} are never signed`, hint }, ['allow', 'signing']);
    if (allow.destinations === 'registry')
      refuse(context, { message: `${of} never go to "registry"`, hint }, ['allow', 'destinations']);
    if (allow.restrictedDestinations === 'restricted-registry')
      refuse(context, { message: `${of} never go to "restricted-registry"`, hint }, [
        'allow',
        'restricted-destinations',
      ]);
  },
);

const policy = section({
  rules: required(
    expecting(z.array(rule).check(distinct(({ name }) => name)), { expected: 'a list of rules' }),
    {
      description: 'The rules in their order: the first that fits decides, and what none fits is refused.',
    },
  ),
});

/** Who may have what built and where it may go. */
export function policySettings() {
  return {
    'restricted-bases': withDefault(listOf(repository, 'a list of registries or repositories'), [], {
      description:
        'Registries, or repositories and what is below them, whose images are restricted base images, beside those of `restricted-registry` and `restricted-dev-registry`. What is built on one goes to restricted repositories only.',
      examples: [['registry.example.com/licensed']],
    }),
    policy: optional(policy, {
      description:
        'Who may have what built and where it may go. Without it, builds on this machine are free and others are refused.',
    }),
  };
}

interface Problem extends Refusal {
  readonly path: readonly (string | number)[];
}

/** What rules name and other sections hold; keys as in the file. */
interface Referenced {
  readonly policy?: z.output<typeof policy> | undefined;
  readonly registry: readonly unknown[];
  readonly 'dev-registry': readonly unknown[];
  readonly 'restricted-registry': readonly unknown[];
  readonly 'restricted-dev-registry': readonly unknown[];
  readonly 'builder-nodes': readonly { readonly name: string }[];
  readonly 'sign-config'?: { readonly signers: readonly { readonly name: string }[] } | undefined;
}

/** A check that rules name nothing that the rest of the file does not have. */
export function checkPolicyNames(context: z.core.ParsePayload<Referenced>): void {
  for (const [index, { allow }] of context.value.policy?.rules.entries() ?? []) {
    const problems =
      allow === undefined
        ? []
        : [...unknownPlaces(allow, context.value), ...unknownNames(allow, context.value)];
    for (const { path, ...refusal } of problems)
      refuse(context, refusal, ['policy', 'rules', index, 'allow', ...path]);
  }
}

type Consequences = NonNullable<z.output<typeof rule>['allow']>;

function unknownPlaces({ destinations, restrictedDestinations }: Consequences, value: Referenced): Problem[] {
  const named = [
    ['destinations', destinations],
    ['restricted-destinations', restrictedDestinations],
  ] as const;
  return named.flatMap(([key, setting]) => {
    if (typeof setting !== 'string' || value[setting].length > 0) return [];
    return [
      { path: [key], message: `${quoted(setting)} is not set`, hint: 'set it, or list repositories here' },
    ];
  });
}

function unknownNames({ signing, builderNodes = [] }: Consequences, value: Referenced): Problem[] {
  const signers = new Set(value['sign-config']?.signers.map(({ name }) => name));
  const nodes = new Set(value['builder-nodes'].map(({ name }) => name));
  const unknown = (key: string, what: string, names: readonly string[], known: ReadonlySet<string>) =>
    names.flatMap((name, index) => {
      if (known.has(name)) return [];
      const hint = known.size === 0 ? `no ${what} is defined` : `defined ${what}s: ${[...known].join(', ')}`;
      return [{ path: [key, index], message: `${what} ${quoted(name)} is not defined`, hint }];
    });
  const nobody = signing === 'required' && signers.size === 0;
  return [
    ...(nobody
      ? [{ path: ['signing'], message: 'no signer is defined', hint: 'define one under "sign-config"' }]
      : []),
    ...unknown('signing', 'signer', typeof signing === 'string' ? [] : signing, signers),
    ...unknown('builder-nodes', 'builder node', builderNodes, nodes),
  ];
}
