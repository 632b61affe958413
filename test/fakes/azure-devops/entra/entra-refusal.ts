import { randomUUID } from 'node:crypto';

/** A request for a token that is refused, by the number of its AADSTS code. */
export class EntraRefusal extends Error {
  readonly status: number;
  readonly error: string;
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    const { status, error } = kinds[code] ?? { status: 400, error: 'invalid_request' };
    this.code = code;
    this.status = status;
    this.error = error;
  }
}

const kinds: Readonly<Record<number, { readonly status: number; readonly error: string }>> = {
  50013: { status: 401, error: 'invalid_client' },
  50027: { status: 401, error: 'invalid_client' },
  70003: { status: 400, error: 'unsupported_grant_type' },
  70011: { status: 400, error: 'invalid_scope' },
  90002: { status: 400, error: 'invalid_request' },
  700016: { status: 400, error: 'unauthorized_client' },
  700024: { status: 401, error: 'invalid_client' },
  700211: { status: 401, error: 'invalid_client' },
  700212: { status: 401, error: 'invalid_client' },
  700213: { status: 401, error: 'invalid_client' },
  7000215: { status: 401, error: 'invalid_client' },
  7000218: { status: 401, error: 'invalid_client' },
};

/** The body in which Entra says so. */
export function entraBody({ code, error, message }: EntraRefusal, now: Date): object {
  const [trace, correlation] = [randomUUID(), randomUUID()];
  const timestamp = `${now.toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return {
    error,
    error_description: `AADSTS${code}: ${message}\r\nTrace ID: ${trace}\r\nCorrelation ID: ${correlation}\r\nTimestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: trace,
    correlation_id: correlation,
  };
}
