import { describe, expect, test } from 'vitest';
import { openTestAzure } from '../../test/fakes/azure-devops/open-azure.ts';
import { type Reply, startScriptedService } from '../../test/fakes/azure-devops/scripted-service.ts';

async function readFrom(build: object) {
  const service = await startScriptedService(() => ({ body: { id: 42, ...build } }));
  return { service, build: await openTestAzure(service).azure.readBuild(42) };
}

describe('a build', () => {
  test('that was just queued lacks what it will have', async () => {
    const { service, build } = await readFrom({
      status: 'notStarted',
      queueTime: '2025-01-10T12:22:12.8106539Z',
    });
    expect(build).toEqual({
      id: 42,
      status: 'notStarted',
      result: undefined,
      url: `${service.organizationUrl}/the%20project/_build/results?buildId=42`,
      queueTime: new Date('2025-01-10T12:22:12.810Z'),
      startTime: undefined,
      finishTime: undefined,
    });
  });

  test.each([
    [{ status: 'completed', result: 'partiallySucceeded' }, 'completed', 'partiallySucceeded'],
    [{ status: 'cancelling', result: null }, 'cancelling', undefined],
    [{ status: 'Completed', result: 'Canceled' }, 'completed', 'canceled'],
    [{ status: 'completed', result: 'perfect' }, 'completed', 'unknown'],
    [{ status: 2, result: 4 }, 'unknown', 'unknown'],
    [{}, 'unknown', undefined],
  ])('%j has a status and a result that we know', async (answer, status, result) => {
    const { build } = await readFrom({ ...answer, startTime: '0001-01-01T00:00:00', finishTime: 'soon' });
    expect(build).toMatchObject({ status, result, startTime: undefined, finishTime: undefined });
  });

  test.each([{ id: 43 }, null, [], 'text'])('that is answered with %j is asked for again', async (body) => {
    const service = await startScriptedService((_, count) => (count === 1 ? { body } : undefined));
    expect(await openTestAzure(service).azure.readBuild(42)).toMatchObject({ id: 42 });
  });
});

describe('cancelling a run', () => {
  const conflict: Reply = { status: 400, body: { message: 'The build is completed', typeKey: 'Invalid' } };
  const cancelOf = async (reply: Reply, status = 'inProgress') => {
    const service = await startScriptedService(({ method }) =>
      method === 'PATCH' ? reply : { body: { id: 42, status } },
    );
    const end = await openTestAzure(service)
      .azure.cancelRun(42)
      .catch((error: unknown) => error);
    return { service, end };
  };

  test('asks for it in the words of a build', async () => {
    const { service, end } = await cancelOf({ body: { id: 42, status: 'cancelling' } });
    expect(end).toBeUndefined();
    expect(service.seen.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['PATCH', 'build/builds/42', '{"status":"cancelling"}'],
    ]);
  });

  test.each(['completed', 'cancelling'])('that is %s already is fine', async (status) => {
    expect((await cancelOf(conflict, status)).end).toBeUndefined();
    expect((await cancelOf({ status: 409 }, status)).end).toBeUndefined();
  });

  test('that goes on is refused with the words of the service', async () => {
    expect((await cancelOf(conflict)).end).toMatchObject({
      code: 'azure.rejected',
      details: { method: 'PATCH', typeKey: 'Invalid' },
    });
  });

  test('that nobody knows is not looked for', async () => {
    const { service, end } = await cancelOf({ status: 404 });
    expect(end).toMatchObject({ code: 'azure.rejected' });
    expect(service.seen).toHaveLength(1);
  });
});
