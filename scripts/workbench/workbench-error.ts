/** A fault the user can act on: its message is one line, or one line and the tail of a log. */
export class WorkbenchError extends Error {
  override readonly name = 'WorkbenchError';
}

/** The one line for a machine the workbench cannot serve by itself. */
export function cannotBring(reason: string): WorkbenchError {
  return new WorkbenchError(
    `${reason}: install Docker Engine 27 or later with buildx (https://docs.docker.com/engine/install/), then run this again`,
  );
}
