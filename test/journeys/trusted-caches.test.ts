import { expect, test } from 'vitest';
import type { RemoteRequest } from '../../src/identity/index.ts';
import { busybox, crane, registry, transferImage } from './stage.ts';
import { contentIn, openTrustedStage } from './trusted-stage.ts';

const dockerfile = `FROM ${busybox}
COPY content /
RUN --mount=type=cache,target=/kept cat /content >> /kept/all; echo "has $(xargs < /kept/all)"
`;

const settings = {
  platforms: ['linux/amd64'],
  cache: { enabled: true, 'cache-repo': `${registry}/cache`, 'helper-image': transferImage },
};

test('the stage that builds keeps caches when it has handed on, and a pull request writes its own', async () => {
  await using scene = await openedScene();
  const { name, source } = scene;
  // No step of theirs was run by an earlier journey.
  const [pushed, proposed] = [`pushed-${name}`, `proposed-${name}`];
  const commit = (content: string, branch: string) =>
    source.commit({ Dockerfile: dockerfile, content: `${content}\n` }, { branch });
  const run = async (request: RemoteRequest, claims = {}) => {
    const identified = await scene.identify(request, { claims });
    const built = await scene.build(identified);
    expect([identified.exitCode, built.exitCode], identified.stderr + built.stderr).toEqual([0, 0]);
    expect(contentIn(built).report.status).toBe('Succeeded');
    const warnings = built.stderr.match(/.*warning.*/g) ?? [];
    return { has: built.stderr.match(/\| has (.*)/)?.[1], warnings };
  };
  const kept = async (tier: string) => {
    const place = `${registry}/cache/${tier}/${name}`;
    const tags = (await crane('ls', place).catch(() => '')).split('\n').sort();
    return Promise.all(tags.filter((tag) => tag !== '').map((tag) => crane('digest', `${place}:${tag}`)));
  };
  const base = commit(pushed, 'main');
  const none = expect.stringContaining(`there is none yet at ${registry}/cache/trusted/${name}:`);
  expect(await run(scene.requestFor(base))).toEqual({ has: pushed, warnings: [none] });
  const trusted = await kept('trusted');
  expect(trusted.length).toBeGreaterThan(1);
  expect(await kept('pull-request-target')).toEqual([]);

  const head = commit(proposed, 'proposal');
  source.git('update-ref', 'refs/pull/9/head', head);
  const pull = { event: 'pull_request_target', commitSha: head, pullRequest: 9 };
  const claims = { event_name: 'pull_request_target' };
  // On this engine, too, the directory of a pull request is another one: it was filled from the registry.
  const proposal = await run(scene.requestFor(base, { source: pull }), claims);
  expect(proposal).toEqual({ has: `${pushed} ${proposed}`, warnings: [] });
  expect(await kept('pull-request-target')).toHaveLength(trusted.length);
  expect(await kept('trusted')).toEqual(trusted);
});

async function openedScene() {
  const scene = await openTrustedStage({ settings });
  return { ...scene, [Symbol.asyncDispose]: () => scene.close() };
}
