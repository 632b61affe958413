import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAction } from './action-step.ts';
import { placesOf, writtenByRun, writtenByStep } from './everything-written.ts';
import { pushOf } from './github-events.ts';
import { staticAudience } from './remote-configuration.ts';
import { commitImage, openRemoteStage, planted, type RemoteStage, tagsOf } from './remote-stage.ts';
import { notation } from './signing-stage.ts';

let stage: RemoteStage;
beforeAll(async () => {
  stage = await openRemoteStage();
});
afterAll(() => stage.close());

const tagOf = (sha: string) => `v${sha.slice(0, 7)}`;

/** What a deployed caller sends for a push. */
function deployedParameters(sha: string): Readonly<Record<string, string>> {
  const token = stage.deployedIssuer.token({ claims: { aud: staticAudience, sha } });
  return {
    ...{ RepoOwner: 'kyma-project', RepoName: 'app', JobType: 'postsubmit', PullBaseSHA: sha },
    ...{ BaseRef: 'refs/heads/main', Name: stage.name, Dockerfile: './Dockerfile', Context: '.' },
    ...{ ExportTags: 'false', UseGoInternalSAPModules: 'false', useRestrictedRegistry: 'false' },
    ...{ BuildArgs: 'GREETING=hello,PLACE=world', Platforms: 'linux/amd64', Authorization: token },
    Tags: Buffer.from('latest,line={{ .ShortSHA }}').toString('base64'),
  };
}

/** Starts a run over the REST API alone, and waits for its end. */
async function runWith(templateParameters: Readonly<Record<string, string>>) {
  const { azure } = stage;
  const answer = await fetch(
    `${azure.url}/${azure.project}/_apis/pipelines/${azure.pipelineId}/runs?api-version=7.1`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${azure.issueToken()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ templateParameters }),
    },
  );
  expect(answer.status).toBe(200);
  const { id } = (await answer.json()) as { id: number };
  const run = azure.runs.get(id);
  await run?.ended;
  if (run === undefined) throw new Error(`no run ${id}`);
  return run;
}

describe.concurrent('our pipeline', () => {
  test('builds for a deployed caller, which sends plain texts and its token as a parameter', async () => {
    const sha = commitImage(stage, 'deployed');
    const run = await runWith(deployedParameters(sha));
    expect(run.result, JSON.stringify(run.timeline.records.flatMap(({ issues }) => issues))).toBe(
      'succeeded',
    );
    expect(await tagsOf(stage.production)).toEqual(
      expect.arrayContaining([tagOf(sha), 'latest', sha.slice(0, 7)]),
    );
    const image = `${stage.production}:${tagOf(sha)}`;
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: true });
    const written = writtenByRun(run).filter(({ where }) => where !== 'parameters of the run');
    const token = run.request.templateParameters.Authorization?.split('.')[2] ?? '';
    expect(placesOf(token, written)).toEqual([]);
  });

  test.each(['Name', 'BuildArgs'])(
    'refuses a plain parameter %s that the agent would expand, and never does',
    async (name) => {
      const sha = commitImage(stage, `macro in ${name}`);
      const run = await runWith({ ...deployedParameters(sha), [name]: 'A=$(SOURCE_TOKEN)' });
      expect(run.result).toBe('failed');
      const messages = run.timeline.records.flatMap(({ issues }) => issues.map(({ message }) => message));
      expect(messages.join('\n')).toContain(`parameter "${name}" holds "$("`);
      expect(placesOf(planted.sourceToken, writtenByRun(run))).toEqual([]);
      expect(await tagsOf(stage.production)).not.toContain(tagOf(sha));
    },
  );

  test('builds for our own client when that is told to speak as deployed clients do', async () => {
    const sha = commitImage(stage, 'our client');
    const config = stage.clientConfig((made) => ({
      identity: {
        ...made.identity,
        issuers: made.identity.issuers.filter(({ name }) => name === 'deployed'),
      },
      'ado-config': { ...made['ado-config'], 'ado-parameters': 'deployed' },
    }));
    const asIssuer = { ...stage, issuer: stage.deployedIssuer };
    const step = await startAction(asIssuer, pushOf(sha), { config, tags: 'speaks=old' }).ended;
    expect(step.exitCode, step.stdout + step.stderr).toBe(0);
    const image = `${stage.production}:${tagOf(sha)}`;
    expect(JSON.parse(step.outputs.images ?? '')).toEqual([image, `${stage.production}:old`]);
    expect(await notation(stage.keys, 'verify', image)).toMatchObject({ accepted: true });
    const tokens = stage.deployedIssuer.issued.map((token) => token.split('.')[2] ?? '');
    expect(tokens.flatMap((token) => placesOf(token, writtenByStep(step)))).toEqual([]);
  });
});
