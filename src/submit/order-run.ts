import type { RunOrder } from '../azure/index.ts';
import type { Secret } from '../core/index.ts';
import {
  encodeDeployedParameters,
  encodeParameters,
  type ParsedRequest,
  type PipelineParameters,
  tokenVariable,
} from '../request/index.ts';

/** What a pipeline takes: `encoded` is ours; `deployed` is that of older callers, with the token as a parameter. */
export type PipelineForm = 'encoded' | 'deployed';

export interface OrderOptions {
  readonly form: PipelineForm;
  readonly submission: string;
  readonly token: Secret;
}

/** What the service is sent for a request. */
export function orderRun(request: ParsedRequest, { form, submission, token }: OrderOptions): RunOrder {
  const parameters = orderedParameters(request, { form, submission });
  return form === 'deployed'
    ? { templateParameters: { ...parameters, Authorization: token }, secretVariables: {} }
    : { templateParameters: parameters, secretVariables: { [tokenVariable]: token } };
}

/** The part of it that is no secret. */
export function orderedParameters(
  request: ParsedRequest,
  { form, submission }: Omit<OrderOptions, 'token'>,
): PipelineParameters {
  return form === 'deployed' ? encodeDeployedParameters(request) : encodeParameters(request, { submission });
}
