import { describe, expect, onTestFinished, test } from 'vitest';
import { startAction } from './action-step.ts';
import { pushOf } from './github-events.ts';
import { openRemoteStage } from './remote-stage.ts';
import { build, busybox, checkout, imageBuilder, registry, uniqueName } from './stage.ts';

/** The stage that is slow on every platform but the builder's own. */
const slow = `FROM ${busybox} AS build
ARG BUILDPLATFORM TARGETPLATFORM
RUN [ "$BUILDPLATFORM" = "$TARGETPLATFORM" ] || sleep 6
RUN uname -m > /machine
FROM ${busybox}
COPY --from=build /machine /machine
`;
const toRegistry = ['--registry', `${registry}/advice`];

describe('advice', () => {
  test('says after a build what emulation cost, once, on the line of the stage', async () => {
    const folder = await checkout({ Dockerfile: slow });
    const { exitCode, report, stderr } = await build(
      ['--name', uniqueName('emulated'), '--no-cache', '--progress', 'github', ...toRegistry],
      { cwd: folder },
    );
    expect(exitCode).toBe(0);
    expect(report.advice).toEqual([
      {
        rule: 'slow-emulation',
        file: 'Dockerfile',
        line: 1,
        message: expect.stringMatching(
          /^stage "build" took \d+(?:\.\d)? s under emulation for linux\/\w+, and \d+(?:\.\d)? s natively, most of it in line 3: /,
        ),
        saves: expect.stringMatching(/^about \d+(?:\.\d)? s of this build$/),
      },
    ]);
    expect(stderr.match(/^::warning .*$/gm)).toEqual([
      expect.stringMatching(
        /^::warning file=Dockerfile,line=1,title=slow-emulation::Dockerfile:1: stage "build" took /,
      ),
    ]);
  });

  test('stands in the plan and in its JSON, and is the same in a dry run', async () => {
    const folder = await checkout({ Dockerfile: `FROM ${busybox}\nCOPY . .\nRUN npm ci || true\n` });
    const plan = await imageBuilder(['plan', ...toRegistry], { cwd: folder });
    expect(plan.stdout).toMatch(/^advice +Dockerfile:2 sources-before-dependencies: "npm ci" in line 3 /m);
    expect(plan.stdout).toMatch(/^ +Dockerfile:2 context-without-dockerignore: this takes "\.git" along/m);
    const json = await imageBuilder(['plan', '--json', ...toRegistry], { cwd: folder });
    const dry = await imageBuilder(['build', '--dry-run', '--json', ...toRegistry], { cwd: folder });
    const { advice } = JSON.parse(json.stdout);
    expect(advice.map(({ rule }: { rule: string }) => rule)).toEqual([
      'sources-before-dependencies',
      'context-without-dockerignore',
    ]);
    expect(JSON.parse(dry.stdout).advice).toEqual(advice);
  });

  test('is silent where the configuration says so, and where there is nothing to say', async () => {
    const folder = await checkout({
      Dockerfile: `FROM ${busybox}\nCOPY . .\nRUN npm ci || true\n`,
      'image-builder.yaml': 'advice: [sources-before-dependencies]\nplatforms: [linux/amd64]\n',
      'off.yaml': 'advice: false\nplatforms: [linux/amd64]\n',
      'right/Dockerfile': `FROM ${busybox}\nCOPY Dockerfile .\n`,
    });
    const run = async (...args: readonly string[]) => {
      const ended = await build(['--name', uniqueName('quiet'), ...toRegistry, ...args], { cwd: folder });
      return {
        advice: ended.report.advice?.map(({ rule }) => rule),
        warned: ended.stderr.includes('(advice "'),
      };
    };
    expect(await run()).toEqual({ advice: ['context-without-dockerignore'], warned: true });
    expect(await run('--config', 'off.yaml')).toEqual({ advice: undefined, warned: false });
    const right = ['--dockerfile', 'right/Dockerfile', '--context', 'right'];
    expect(await run(...right)).toEqual({ advice: undefined, warned: false });
  });

  test('reaches the job on GitHub that had a pipeline build the image, once, with its report and its summary', async () => {
    const stage = await openRemoteStage();
    onTestFinished(() => stage.close());
    const sha = stage.source.commit({ Dockerfile: `FROM ${busybox}\nCOPY . .\n` }, { branch: 'main' });
    const step = await startAction(stage, pushOf(sha)).ended;
    expect(step.exitCode, step.stdout + step.stderr).toBe(0);
    const advice = { rule: 'context-without-dockerignore', file: 'Dockerfile', line: 2 };
    expect(step.report?.advice).toMatchObject([advice]);
    expect(step.stdout.match(/^::warning .*$/gm)).toEqual([
      expect.stringMatching(/^::warning file=Dockerfile,line=2,title=context-without-dockerignore::/),
    ]);
    expect(step.summary).toContain('### Advice');
  });
});
