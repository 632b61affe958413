import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { isFailure } from '../core/index.ts';
import { openIssuerKeys, trustedIssuers } from '../identity/index.ts';
import {
  type BuildStageResult,
  buildAndPush,
  checkBuildFiles,
  identifyBuild,
  planFor,
  publishBuilt,
  unpublishedReport,
} from '../pipeline/index.ts';
import { type BuildPlan, planBuild } from '../plan/index.ts';
import { type EmitProgress, neutralise, printJson } from '../progress/index.ts';
import { earlyFailureReport, summarizeReport, writeFileWhole } from '../report/index.ts';
import { printedReport } from '../submit/index.ts';
import { adviceSettings } from './advice-settings.ts';
import { buildNodes } from './build-nodes.ts';
import type { CommandRun } from './commands.ts';
import { clock, connect } from './connect.ts';
import { loadConfiguration } from './load-configuration.ts';
import { one } from './one.ts';
import { openDisplay } from './open-display.ts';
import { openPorts } from './open-ports.ts';
import { openSources } from './open-sources.ts';
import { setOutputVariable } from './output-variable.ts';
import { readRequest } from './read-request.ts';
import { readIdentified, readReports, requireBuilt } from './stage-contents.ts';
import { writeStage } from './stage-files.ts';
import { identityOf, readToken } from './token.ts';
import { unknownAction } from './usage-error.ts';

type Stage = (run: CommandRun, emit: EmitProgress) => Promise<number>;

const stages: Readonly<Record<string, Stage>> = { identify, build, publish, report };

/**
 * `pipeline identify|build|publish|report`: the stages of a build on the trusted side, each for a job with credentials
 * of its own. Their configuration is never one of a checkout, which is the caller's.
 */
export async function pipeline(run: CommandRun): Promise<number> {
  const [name = ''] = run.args.positionals;
  const stage = Object.hasOwn(stages, name) ? stages[name] : undefined;
  if (stage === undefined) throw unknownAction('pipeline', name, Object.keys(stages));
  const display = openDisplay(run);
  try {
    return await stage(run, display.emit);
  } finally {
    display.close();
  }
}

async function identify(run: CommandRun, emit: EmitProgress): Promise<number> {
  const { console, signal } = run;
  const requestOf = await readRequest(run);
  const { settings, resolvePath, file } = await loadConfiguration(run, undefined);
  const identity = identityOf(settings, file);
  await using connections = connect(run, { plainHttp: [], emit });
  const trust = {
    issuers: trustedIssuers(identity),
    keys: openIssuerKeys({ http: connections.http, signal }),
    acceptedSecondsAfterIssue: identity.acceptedAfterIssue,
  };
  const { refs, withSource } = await openSources({ run, settings, resolvePath, emit });
  const now = clock();
  const identified = await identifyBuild({
    ...{ token: readToken(run), requestOf, trust, now },
    ports: {
      refs,
      withSource,
      checkFiles: checkBuildFiles,
      plan: (checked, source, untrustedDockerfile) => {
        // Of our own environment a caller gets to see what tag templates may read, and nothing else.
        const environment = Object.fromEntries(
          settings.tagEnv.map((variable) => [variable, console.environment[variable]]),
        );
        const { refProtected } = checked.caller.claims;
        const protectedRef = refProtected === undefined ? undefined : refProtected === 'true';
        const origin = { kind: 'remote', checked, protectedRef } as const;
        return planBuild({
          request: checked.request.build,
          ...{ source, origin, settings, environment, now, untrustedDockerfile },
        });
      },
    },
  });
  await writeStage(run, 'identified', identified);
  setOutputVariable(run, 'nodes', JSON.stringify(buildNodes(identified.plan, settings.builderNodes)));
  return 0;
}

async function build(run: CommandRun, emit: EmitProgress): Promise<number> {
  const { plan, source, request } = await readIdentified(run);
  return handOn(run, { kind: 'built', plan, request }, async (handOver) => {
    const { settings, resolvePath } = await loadConfiguration(run, undefined);
    const { withSource } = await openSources({ run, settings, resolvePath, emit });
    const part = planFor(plan, one(run.args, 'node'));
    await using ports = openPorts({ run, settings, resolvePath, plan: part, emit });
    const shared = {
      ...(part === plan ? {} : { whole: plan }),
      ...{ plan: part, ports, emit, clock, temporaryFolder: tmpdir(), signal: run.signal },
      advice: adviceSettings(run, settings, part),
    };
    await withSource(source, async ({ root }) => {
      await using left = new AsyncDisposableStack();
      await handOver(await buildAndPush({ ...shared, root, later: (work) => left.defer(work) }));
    });
  });
}

async function publish(run: CommandRun, emit: EmitProgress): Promise<number> {
  const { plan, request } = await readIdentified(run);
  const built = await requireBuilt(run, request);
  return handOn(run, { kind: 'published', plan, request }, async (handOver) => {
    const { settings, resolvePath } = await loadConfiguration(run, undefined);
    await using connections = connect(run, { plainHttp: settings.plainHttpRegistries, emit });
    await using ports = openPorts({ run, settings, resolvePath, plan, emit });
    const published = await publishBuilt({
      ...{ plan, built, emit, clock },
      signal: run.signal,
      ports: {
        checkSigners: ports.checkSigners,
        openPublisher: ports.openPublisher,
        openEarlierImages: ports.openEarlierImages,
        fetchManifest: (repository, digest, signal) =>
          connections.registry.withSignal(signal).fetchManifest(repository, digest),
        pushManifest: (repository, { bytes, descriptor }, signal) => {
          const { digest, mediaType } = descriptor;
          return connections.registry
            .withSignal(signal)
            .putManifest(repository, digest, { bytes, mediaType });
        },
      },
    });
    await handOver(published);
  });
}

interface HandedOn {
  readonly kind: 'built' | 'published';
  readonly plan: BuildPlan;
  /** Stands for the request. */
  readonly request: string;
}

/**
 * What failed is handed on too, also what failed before it had begun: the last stage reports it. What `work` does after
 * it has handed over is lost when it fails, and nothing else.
 */
async function handOn(
  run: CommandRun,
  { kind, plan, request }: HandedOn,
  work: (handOver: (result: BuildStageResult) => Promise<void>) => Promise<void>,
): Promise<number> {
  let handed: BuildStageResult | undefined;
  const handOver = async (result: BuildStageResult) => {
    handed = result;
    const { report, reuse } = result;
    await writeStage(run, kind, { request, report, reuse });
  };
  try {
    await work(handOver);
  } catch (thrown) {
    if (handed !== undefined || !isFailure(thrown)) throw thrown;
    const imageName = plan.image.name;
    await handOver({
      report: earlyFailureReport({ imageName, error: thrown, now: clock() }),
      error: thrown,
    });
  }
  if (handed?.error !== undefined) throw handed.error;
  return 0;
}

/** Prints and writes the report of how far the build came. */
async function report(run: CommandRun): Promise<number> {
  const { args, console } = run;
  const { plan, request } = await readIdentified(run);
  const found =
    (await readReports(run, 'published', request))[0] ??
    unpublishedReport(plan, await readReports(run, 'built', request), clock());
  const path = one(args, 'build-report-path');
  const json = printJson(found, 2);
  if (path !== undefined) await writeFileWhole(resolve(console.directory, path), json);
  if (args.switches.get('ado-state-output')) console.stdout.write(printedReport(json));
  else console.stdout.write(args.switches.get('json') ? json : neutralise(summarizeReport(found)));
  return 0;
}
