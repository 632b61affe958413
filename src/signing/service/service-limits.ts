/** What a client can cost the service. */
export interface ServiceLimits {
  /** Of one request. */
  readonly bodyBytes: number;
  /** Of one client. */
  readonly requestsPerMinute: number;
  /** Requests that are carried out at a time. */
  readonly concurrent: number;
  /** Requests that wait for their turn. */
  readonly waiting: number;
  readonly connections: number;
  /** Longest time for the handshake, and for the head of a request. */
  readonly headersMilliseconds: number;
  /** Longest time for a whole request to arrive. */
  readonly requestMilliseconds: number;
  /** How long a connection is kept between two requests. */
  readonly idleMilliseconds: number;
  /** How long running requests have when the service is closed. */
  readonly shutdownMilliseconds: number;
}

export const defaultLimits: ServiceLimits = {
  bodyBytes: 1024 * 1024,
  requestsPerMinute: 600,
  concurrent: 8,
  waiting: 256,
  connections: 512,
  headersMilliseconds: 10_000,
  requestMilliseconds: 30_000,
  idleMilliseconds: 5_000,
  shutdownMilliseconds: 20_000,
};
