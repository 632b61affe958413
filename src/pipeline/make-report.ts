import { type Clock, type ImageBuilderError, isFailure, rfc3339 } from '../core/index.ts';
import { printReference, printRepository } from '../oci/index.ts';
import type { BuildPlan } from '../plan/index.ts';
import { type BuildReport, errorReport } from '../report/index.ts';
import { uniqueTagValues } from '../tags/index.ts';
import { platformImages } from './platform-images.ts';
import { reuseReport } from './reuse/reuse-report.ts';
import { imageOf, type RunRecord } from './run-record.ts';
import type { StageTiming } from './stage-clock.ts';

export interface ReportFacts {
  readonly plan: BuildPlan;
  readonly record: RunRecord;
  readonly timings: readonly StageTiming[];
  readonly error: ImageBuilderError | undefined;
  readonly clock: Clock;
}

/** The report of a run, however it ended. */
export function makeReport({ plan, record, timings, error, clock }: ReportFacts): BuildReport {
  const tags = uniqueTagValues(plan.tags);
  return {
    version: 1,
    status: error === undefined ? 'Succeeded' : isFailure(error, 'cancelled') ? 'Canceled' : 'Failed',
    pushed: record.tagged,
    signed: isSigned(record),
    resumed: record.image?.resumed ?? false,
    image_name: plan.image.name,
    images_list: !record.tagged
      ? []
      : plan.destinations.flatMap(({ pull }) => tags.map((tag) => printReference({ repository: pull, tag }))),
    digest: imageOf(record)?.root.digest ?? '',
    tags: [...tags],
    repository_path: repositoryPath(plan),
    architectures: [...plan.platforms],
    repositories: repositoryReports({ plan, record, error }),
    platforms: platformReports(plan, record),
    signatures: signatureReports(record),
    source: sourceReport(plan),
    dockerfile: plan.image.dockerfile,
    ...(record.reuse === undefined ? {} : { reuse: reuseReport(record.reuse) }),
    ...(plan.policy.rule === undefined ? {} : { policy_rule: plan.policy.rule }),
    started: rfc3339(record.started),
    seconds: (clock().getTime() - record.started.getTime()) / 1000,
    timings: timings.map(({ stage, seconds }) => ({ stage, seconds })),
    slowest_steps: slowestSteps(record),
    warnings: warningsOf(record),
    ...(record.advice.length === 0 ? {} : { advice: record.advice.map((advice) => ({ ...advice })) }),
    ...(error === undefined ? {} : { error: errorReport(error) }),
  };
}

/** As deployed readers put names together: path, image name, tag, with nothing between the first two. */
function repositoryPath({ destinations, image }: BuildPlan): string {
  const [first] = destinations;
  const name = first === undefined ? '' : printRepository(first.pull);
  return name.slice(0, name.length - image.name.length);
}

type RepositoryFacts = Pick<ReportFacts, 'plan' | 'record' | 'error'>;

function repositoryReports({ plan, record, error }: RepositoryFacts): BuildReport['repositories'] {
  const complete = isFailure(error, 'publish.incomplete') ? error.details.published : [];
  return plan.destinations.map(({ push, pull }) => {
    const repository = printRepository(push);
    const done = record.published.find((each) => printRepository(each.repository) === repository);
    const pushed = done !== undefined || complete.includes(repository);
    return {
      repository,
      pull_repository: printRepository(pull),
      state: record.tagged ? 'tagged' : pushed ? 'pushed' : 'missing',
      uploaded_bytes: done?.uploadedBytes ?? 0,
      seconds: done?.seconds ?? 0,
    };
  });
}

function platformReports(plan: BuildPlan, record: RunRecord): BuildReport['platforms'] {
  const [image, { builds }] = [imageOf(record), record];
  const images = image === undefined ? [] : platformImages(image, plan.platforms);
  return images.map(({ platform, descriptor, size }) => {
    const on = builds.find(({ node }) => node.platforms.includes(platform));
    const built = on?.outcome.platforms.find((each) => each.platform === platform);
    return {
      platform,
      digest: descriptor.digest,
      size,
      seconds: built?.seconds ?? 0,
      steps: built?.steps ?? 0,
      cached_steps: built?.cachedSteps ?? 0,
      ...(on === undefined || plan.nodes.length === 1 ? {} : { node: on.node.name }),
    };
  });
}

/** As many as one engine names. */
const slowestCount = 5;

function slowestSteps({ builds }: RunRecord): BuildReport['slowest_steps'] {
  const steps = builds.flatMap(({ outcome }) => outcome.slowestSteps.map((step) => ({ ...step })));
  return steps.toSorted((one, other) => other.seconds - one.seconds).slice(0, slowestCount);
}

/** Every node complains of the same Dockerfile. */
function warningsOf({ builds }: RunRecord): BuildReport['warnings'] {
  const warnings = builds.flatMap(({ outcome }) => outcome.warnings.map((warning) => ({ ...warning })));
  return [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()];
}

/** Verified, all of it: what was only ordered does not count. */
function isSigned({ signed, tagged }: RunRecord): boolean {
  const signatures = signed.flatMap((each) => each.signatures);
  return tagged && signatures.length > 0 && signatures.every(({ state }) => state === 'verified');
}

function signatureReports({ signed }: RunRecord): BuildReport['signatures'] {
  return signed.flatMap(({ target, signatures }) =>
    signatures.map(({ signer, kind, state, reused, signature, signedBy, signingTime }) => ({
      repository: printRepository(target.repository),
      digest: target.descriptor.digest,
      ...(target.platform === undefined ? {} : { platform: target.platform }),
      signer,
      kind,
      state,
      reused,
      ...(signature === undefined ? {} : { signature }),
      ...(signedBy === undefined ? {} : { signed_by: signedBy }),
      ...(signingTime === undefined ? {} : { signing_time: rfc3339(signingTime) }),
    })),
  );
}

function sourceReport({ source }: BuildPlan): BuildReport['source'] {
  const { pullRequest, ...rest } = source;
  return { ...rest, ...(pullRequest === undefined ? {} : { pull_request: pullRequest }) };
}
