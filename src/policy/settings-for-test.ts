import { loadSettings, type Settings } from '../config/index.ts';

/** Reads a configuration as the program does; templates and patterns of tags are taken as they are. */
export async function settingsOf(text: string): Promise<Settings> {
  const checks = { checkTemplate: () => undefined, checkPattern: () => undefined };
  return (await loadSettings({ env: {}, shippedConfig: { path: 'test.yaml', text }, checks })).settings;
}

/** Places and signers, without rules. */
export const places = `
registry: [r.io/prod, mirror.io/prod]
dev-registry: r.io/dev
restricted-registry: {push: r.io/locked-prod, pull: r.io/read-prod}
restricted-dev-registry: {push: r.io/locked-dev, pull: r.io/read-dev}
restricted-bases: [licensed.example]
builder-nodes:
  - {name: x86, builder: x86, platforms: [linux/amd64]}
  - {name: arm, builder: arm, platforms: [linux/arm64]}
sign-config:
  enabled-signers:
    '*': [everyday]
    team/app: [hardware, everyday]
  signers:
    - {name: everyday, type: cosign, job-type: [postsubmit, workflow_dispatch], config: {key: /everyday}}
    - {name: hardware, type: cosign, config: {key: /hardware}}
`;

/** Rules of every kind. */
export const rules = `
policy:
  rules:
    - name: frozen
      when: {repositories: [team/frozen], events: [push, workflow_dispatch, schedule]}
      deny: ask the release team
    - name: release
      when:
        hosts: [github.com]
        repositories: [team/*]
        events: [push, workflow_dispatch]
        refs: [refs/heads/main, refs/heads/release-*, refs/tags/v*]
        images: [team/**]
      allow:
        destinations: registry
        restricted-destinations: restricted-registry
        signing: required
        base-registries: [docker.io/library, r.io/base]
        builder-nodes: [x86]
    - name: nightly
      when: {repositories: [team/*], events: [schedule], protected: true, images: [team/*-nightly]}
      allow: {destinations: [r.io/nightly], signing: [hardware]}
    - name: idle-signer
      when: {repositories: [team/*], events: [schedule], images: [team/idle]}
      allow: {destinations: [r.io/nightly], signing: [everyday]}
    - name: branch
      when: {hosts: [github.com], repositories: [team/*], events: [push], refs: [refs/heads/**], images: [team/**]}
      allow: {destinations: dev-registry, signing: none, private-go-modules: true}
    - name: pull-request
      when: {hosts: [github.com], repositories: [team/*], events: [pull_request_target], images: [team/**]}
      allow: {destinations: dev-registry, restricted-destinations: restricted-dev-registry, signing: none}
    - name: queue
      when: {repositories: [team/*], events: [merge_group], refs: [refs/heads/gh-readonly-queue/main/*]}
      allow: {destinations: dev-registry, signing: none}
    - name: locked-only
      when: {repositories: [vault/*], events: [push]}
      allow: {restricted-destinations: [{push: vault.io/in, pull: vault.io/out}], signing: none}
    - name: other-team
      when: {hosts: [github.com], repositories: [other/*], events: [push], images: [other/*]}
      allow: {destinations: registry, signing: required}
    - name: laptop
      when: {events: [local]}
      allow: {destinations: dev-registry, requested-destinations: ['localhost:5000/**', r.io/sandbox/*/*], signing: none}
`;
