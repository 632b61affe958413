import type { OutgoingHttpHeaders } from 'node:http';

/** What the service answers: status, headers beside those of every answer, body. */
export interface RestAnswer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  /** A text is sent as it is, pieces one after the other, anything else as JSON. */
  readonly body?: unknown;
  /** JSON, with the version that was asked for, when left out. */
  readonly contentType?: string;
}

/** A request that is refused with the body that the service has for all errors. */
export class Refusal extends Error {
  readonly status: number;
  readonly typeKey: string;
  readonly eventId: number;

  constructor(status: number, typeKey: string, message: string, eventId = 3000) {
    super(message);
    this.status = status;
    this.typeKey = typeKey;
    this.eventId = eventId;
  }
}

/** The service's body for an error. */
export function errorBody({
  message,
  typeKey,
  eventId,
}: Pick<Refusal, 'message' | 'typeKey' | 'eventId'>): object {
  return {
    $id: '1',
    innerException: null,
    message,
    typeName: `Microsoft.Azure.Pipelines.WebApi.${typeKey}, Microsoft.Azure.Pipelines.WebApi`,
    typeKey,
    errorCode: 0,
    eventId,
  };
}

/** For a path that has no controller: plain text, unlike all else. */
export function unknownRoute(path: string): RestAnswer {
  return {
    status: 404,
    contentType: 'text/plain; charset=utf-8',
    body: `The controller for path '${path}' was not found or does not implement IController.`,
  };
}

/** What the emulator itself does not know; it never guesses. */
export function unknownToEmulator(what: string): Refusal {
  return new Refusal(400, 'VssServiceException', `The emulator does not know ${what}`, 0);
}
