export type { HttpClient, HttpClientOptions } from './http-client.ts';
export { openHttpClient } from './http-client.ts';
export { HttpError } from './http-error.ts';
export type { HttpMethod, HttpRequest } from './http-request.ts';
export type { HttpResponse } from './http-response.ts';
export { redactUrl } from './redact-url.ts';
export type { RetryNotice } from './retrying.ts';
export { describeRetry } from './retrying.ts';
export { type Sleep, sleep } from './sleep.ts';
