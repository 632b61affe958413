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

export interface MarkedOrder extends RunOrder {
  /** The parameters that no other run is sent. */
  readonly mark: RunOrder['templateParameters'];
}

/** What the service is sent for a request. */
export function orderRun(request: ParsedRequest, { form, submission, token }: OrderOptions): MarkedOrder {
  const parameters = orderedParameters(request, { form, submission });
  if (form === 'encoded') {
    const secretVariables = { [tokenVariable]: token };
    return { templateParameters: parameters, secretVariables, mark: { Submission: submission } };
  }
  const templateParameters = { ...parameters, Authorization: token };
  return { templateParameters, secretVariables: {}, mark: templateParameters };
}

/** The part of it that is no secret. */
export function orderedParameters(
  request: ParsedRequest,
  { form, submission }: Omit<OrderOptions, 'token'>,
): PipelineParameters {
  return form === 'deployed' ? encodeDeployedParameters(request) : encodeParameters(request, { submission });
}
