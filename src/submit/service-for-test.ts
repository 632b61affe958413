import {
  openAzureDevOps as openFake,
  type TestAzureDevOps,
} from '../../test/fakes/azure-devops/open-azure-devops.ts';
import type { FakeAzureDevOpsOptions } from '../../test/fakes/azure-devops/options.ts';
import { logLines, type RunScript } from '../../test/fakes/azure-devops/runs/run-script.ts';
import {
  type SimulatedStage,
  type SimulatedStep,
  simulateBuild,
} from '../../test/fakes/azure-devops/runs/simulate-build.ts';
import { openTestHttp } from '../../test/fakes/registry/open-http.ts';
import { type AzureDevOps, entraCredential, openAzureDevOps } from '../azure/index.ts';
import { Secret } from '../core/index.ts';
import type { ProgressEvent } from '../progress/index.ts';
import { azureBackend } from './azure-backend.ts';
import { printedReport } from './report-step.ts';
import { reportName, reportOf, request, virtualTime } from './run-for-test.ts';
import { submit } from './submit.ts';

const clientSecret = 'secret-of-the-test';

/** For tests: the step that prints a good report. */
export const printStep: SimulatedStep = {
  name: reportName,
  milliseconds: 2_000,
  log: logLines(
    printedReport(JSON.stringify(reportOf(), null, 2))
      .trimEnd()
      .split('\n'),
  ),
};

/** For tests: a stage of one job that has these steps. */
export function simulatedStage(name: string, ...steps: readonly SimulatedStep[]): SimulatedStage {
  return { name, jobs: [{ name, steps }] };
}

/** For tests: a run as the pipeline makes it, whose build takes so many seconds. */
export function pipelineScript(seconds: number, buildSteps: readonly SimulatedStep[] = []): RunScript {
  const build = { name: 'make', milliseconds: seconds * 1_000 };
  return simulateBuild({
    queueMilliseconds: 4_000,
    stages: [
      simulatedStage('identify', { name: 'identify', milliseconds: 6_000 }),
      simulatedStage('build', build, ...buildSteps),
      simulatedStage('publish', { name: 'publish', milliseconds: 9_000 }),
      simulatedStage('report', printStep),
    ],
    cancelMilliseconds: 1_000,
  });
}

export interface TestService {
  readonly fake: TestAzureDevOps;
  readonly azure: AzureDevOps;
  readonly time: ReturnType<typeof virtualTime>;
  /** Submits a build to it, and follows it to its end. */
  submitBuild(more?: SubmitMore): Promise<Awaited<ReturnType<typeof submit>>>;
}

interface SubmitMore {
  readonly emit?: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

export interface ServiceOptions extends FakeAzureDevOpsOptions {
  readonly runs?: RunScript;
  /** Real milliseconds that the client waits for an answer. */
  readonly patience?: number;
  readonly suppressSignInRedirect?: boolean;
}

/** For tests: the emulator and a client that logs in to it; time passes only while the client sleeps. */
export async function openService(options: ServiceOptions = {}): Promise<TestService> {
  const { runs = pipelineScript(20), patience = 10_000, suppressSignInRedirect = true, ...more } = options;
  const time = virtualTime();
  const { clock, sleep } = time;
  const fake = await openFake({ script: () => runs, entra: { clientSecret }, clock, ...more });
  const timeouts = { headers: patience, body: patience };
  const { http } = openTestHttp({ clock, sleep, timeouts, policy: { attempts: 3 } });
  const { tenant: tenantId, clientId, authorityUrl, url: organizationUrl, project, pipelineId } = fake;
  const proof = { kind: 'secret', secret: new Secret(clientSecret) } as const;
  const credential = entraCredential({ http, clock, tenantId, clientId, authorityUrl, proof });
  const azure = openAzureDevOps({
    ...{ http, clock, sleep, organizationUrl, project, pipelineId, credential, suppressSignInRedirect },
  });
  const submitBuild = ({ emit = () => {}, signal = new AbortController().signal }: SubmitMore = {}) => {
    const backend = azureBackend({
      ...{ azure, emit, clock, sleep, form: 'encoded', submission: 'one' },
      token: async () => new Secret('t0ken-of-the-caller'),
      limits: { deadline: 7_200, longestPause: 5_000 },
    });
    return submit({ request, backend, imageName: 'team/app', clock, signal });
  };
  return { fake, azure, time, submitBuild };
}
