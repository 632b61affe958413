import type { Fault } from './faults.ts';
import { errorBody, type RestAnswer } from './refusal.ts';
import { signInAnswer } from './sign-in.ts';

const namespace = 'b3d0b5b4-7f0a-4ad5-8d12-6d3f0c6c3a11';

/** The answer that a fault puts in the place of the true one; `undefined` if it lets the true one come. */
export function faultAnswer(fault: Fault, origin: string, now: Date): RestAnswer | undefined {
  switch (fault.kind) {
    case 'throttled':
      return {
        status: 429,
        headers: throttleHeaders(fault.retryAfter, now),
        body: errorBody({
          message: `TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'Concurrency' in namespace '${namespace}'.`,
          typeKey: 'RequestBlockedException',
          eventId: 3000,
        }),
      };
    case 'status':
      return {
        status: fault.status,
        body: errorBody({
          message:
            fault.message ??
            'TF400898: An Internal Error Occurred. Activity Id: 00000000-0000-0000-0000-000000000000.',
          typeKey: 'TeamFoundationServiceException',
          eventId: 3000,
        }),
      };
    case 'stopped':
      return {
        status: 503,
        contentType: 'application/json',
        body: `\uFEFF${JSON.stringify(errorBody({ message: 'TF24668: The following team project collection is stopped: emulator.', typeKey: 'TeamFoundationServiceUnavailableException', eventId: 3000 }))}`,
      };
    case 'sign-in':
      return signInAnswer(fault.form, origin);
    case 'answer':
      return { status: fault.status, contentType: fault.contentType, body: fault.body };
    default:
      return undefined;
  }
}

/** What the service tells a caller who asks for too much. */
export function throttleHeaders(retryAfter: number | undefined, now: Date): Record<string, string> {
  return {
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    'x-ratelimit-resource': 'Concurrency',
    'x-ratelimit-delay': String(retryAfter ?? 0),
    'x-ratelimit-limit': '200',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(Math.floor(now.getTime() / 1000) + (retryAfter ?? 300)),
  };
}
