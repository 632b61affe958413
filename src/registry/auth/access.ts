export type Action = 'pull' | 'push' | 'delete';

/** What a call does with one repository. */
export interface Access {
  /** The repository's path. */
  readonly path: string;
  readonly actions: readonly Action[];
}

/** The scope that a token server understands (distribution's token specification): `repository:a/b:pull,push`. */
export function printScope({ path, actions }: Access): string {
  return `repository:${path}:${actions.join(',')}`;
}

/** One text per permission, to compare what a token grants with what a call needs. */
export function grantsOf(access: readonly Access[]): readonly string[] {
  return access.flatMap(({ path, actions }) => actions.map((action) => `${path}:${action}`)).sort();
}
