import { expect, test } from 'vitest';
import { googleCredentials } from './google-credentials.ts';

test.each([
  ['europe-docker.pkg.dev', true],
  ['gcr.io', true],
  ['eu.gcr.io', true],
  ['pkg.dev.evil.example', false],
  ['evilgcr.io', false],
  ['docker.pkg.dev:8443', false],
  ['index.docker.io', false],
])('the access token goes to %s: %s', async (registry, expected) => {
  let asked = 0;
  const find = googleCredentials(async () => {
    asked++;
    return 'ya29';
  });
  const found = await find(registry);
  expect(asked).toBe(expected ? 1 : 0);
  expect(found?.kind === 'password' && [found.username, found.password.reveal()]).toEqual(
    expected ? ['oauth2accesstoken', 'ya29'] : false,
  );
});

test('without application default credentials there are none', async () => {
  expect(await googleCredentials(async () => undefined)('gcr.io')).toBeUndefined();
});
