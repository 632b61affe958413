import { type DockerfileQuestion, neededStages } from './needed-stages.ts';

export interface DockerfileBase {
  readonly untrustedName: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * The images that a build certainly uses: in FROM, COPY --from and RUN --mount of the target and of what it needs,
 * with variables replaced. What depends on the engine, or on syntax that is not understood here, is left out: only the
 * provenance has it. Never throws.
 */
export function dockerfileBases(question: DockerfileQuestion): readonly DockerfileBase[] {
  return neededStages(question).flatMap(({ sources }) =>
    sources.flatMap((source) =>
      source.kind === 'image' ? [{ untrustedName: source.untrustedName, line: source.line }] : [],
    ),
  );
}
