export type Claims = Readonly<Record<string, unknown>>;

export const workflow = 'kyma-project/test-infra/.github/workflows/image-builder.yml@refs/heads/main';

/** What GitHub says in the token of a push, issued at `now` and valid for five minutes; all of its own are texts. */
export function githubClaims(issuer: string, now: Date): Claims {
  const iat = Math.floor(now.getTime() / 1000);
  return {
    iss: issuer,
    aud: 'image-builder',
    sub: 'repo:kyma-project/app:ref:refs/heads/main',
    jti: `${iat}-0000-4000-8000-000000000000`,
    iat,
    nbf: iat - 600,
    exp: iat + 300,
    actor: 'anna',
    actor_id: '1001',
    base_ref: '',
    head_ref: '',
    event_name: 'push',
    job_workflow_ref: workflow,
    job_workflow_sha: 'b'.repeat(40),
    ref: 'refs/heads/main',
    ref_type: 'branch',
    repository: 'kyma-project/app',
    repository_id: '2002',
    repository_owner: 'kyma-project',
    repository_owner_id: '39153523',
    repository_visibility: 'public',
    run_id: '777',
    run_number: '7',
    run_attempt: '1',
    runner_environment: 'github-hosted',
    sha: 'a'.repeat(40),
    workflow: 'images',
    workflow_ref: 'kyma-project/app/.github/workflows/images.yml@refs/heads/main',
    workflow_sha: 'a'.repeat(40),
  };
}

/** What the OpenID Connect plugin of Jenkins says about a build: an array of audiences, and the number a number. */
export function jenkinsClaims(issuer: string, now: Date): Claims {
  const iat = Math.floor(now.getTime() / 1000);
  return {
    iss: issuer,
    aud: ['sre-jenkins-image-builder'],
    sub: 'https://jenkins.example.com/job/images/',
    iat,
    exp: iat + 3600,
    build_number: 42,
  };
}
