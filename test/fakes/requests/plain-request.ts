import type { BuildRequest } from '../../../src/request/index.ts';

/** For tests: a request that asks for nothing in particular. */
export const plainRequest: BuildRequest = {
  dockerfile: './Dockerfile',
  context: '.',
  tags: [],
  buildArgs: [],
  buildContexts: [],
  secrets: [],
  platforms: [],
  exportTags: false,
  useRestrictedRegistry: false,
  useGoModules: false,
  registries: [],
  noCache: false,
};
