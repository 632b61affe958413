/** Where a value stands in the pipeline file; both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What the pipeline file, or a request to run it, has wrong; the service answers 400 with this message. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  /** Whether it is what a request gives for the parameters of the file. */
  readonly isAboutParameters: boolean;

  constructor(message: string, { isAboutParameters = false } = {}) {
    super(message);
    this.isAboutParameters = isAboutParameters;
  }
}

/** The way the service names a place in the file. */
export function errorAt(position: Position, message: string): PipelineError {
  return new PipelineError(`/pipeline.yml (Line: ${position.line}, Col: ${position.column}): ${message}`);
}
