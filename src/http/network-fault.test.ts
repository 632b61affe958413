import { describe, expect, test } from 'vitest';
import { networkFault } from './network-fault.ts';

const url = new URL('https://user:pass@host.example/v2/?sig=abc');

function coded(code: string): Error {
  return Object.assign(new Error('text'), { code });
}

describe('a fault of the connection', () => {
  test.each([
    ['ECONNRESET', 'network', true],
    ['ECONNREFUSED', 'network', true],
    ['ENOTFOUND', 'network', true],
    ['EAI_AGAIN', 'network', true],
    ['ETIMEDOUT', 'network', true],
    ['UND_ERR_CONNECT_TIMEOUT', 'network', true],
    ['UND_ERR_HEADERS_TIMEOUT', 'network', true],
    ['UND_ERR_BODY_TIMEOUT', 'network', true],
    ['UND_ERR_SOCKET', 'network', true],
    ['UND_ERR_INVALID_ARG', 'network', false],
    ['UND_ERR_REQ_CONTENT_LENGTH_MISMATCH', 'network', false],
    ['ENOENT', 'network', false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'network', false],
    ['CERT_HAS_EXPIRED', 'certificate', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate', false],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate', false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate', false],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate', false],
  ])('with code %s is of kind %s, temporary: %s', (code, fault, temporary) => {
    expect(networkFault(coded(code), { method: 'GET', url }).facts).toMatchObject({ fault, temporary });
  });

  test.each([
    ['UND_ERR_SOCKET', true, /may have refused the client certificate/],
    ['ECONNRESET', true, /may have refused the client certificate/],
    ['ECONNRESET', false, undefined],
    ['ETIMEDOUT', true, undefined],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', true, /^the server refused the client certificate/],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', false, /^the server may want a client certificate$/],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', true, /TLS 1\.2/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', true, /plain HTTP/],
  ])('with code %s, client certificate shown: %s, has the way out %s', (code, showsCertificate, hint) => {
    const { facts } = networkFault(coded(code), { method: 'POST', url, showsCertificate });
    if (hint === undefined) expect(facts.hint).toBeUndefined();
    else expect(facts.hint).toMatch(hint);
  });

  test('is found in the causes and in the first of several addresses', () => {
    const wrapped = new TypeError('fetch failed', { cause: new AggregateError([coded('ECONNREFUSED')]) });
    expect(networkFault(wrapped, { method: 'GET', url }).facts).toMatchObject({
      temporary: true,
      reason: 'ECONNREFUSED',
    });
  });

  test.each([
    ['ECONNREFUSED', 'connect', true],
    ['ETIMEDOUT', 'connect', true],
    ['ENOTFOUND', 'getaddrinfo', true],
    ['UND_ERR_CONNECT_TIMEOUT', undefined, true],
    ['CERT_HAS_EXPIRED', undefined, true],
    ['ETIMEDOUT', 'read', false],
    ['ECONNRESET', 'read', false],
    ['EPIPE', 'write', false],
    ['UND_ERR_SOCKET', undefined, false],
    ['UND_ERR_HEADERS_TIMEOUT', undefined, false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', undefined, false],
  ])('with code %s of %s came before anything was sent: %s', (code, syscall, neverSent) => {
    const error = Object.assign(coded(code), { syscall });
    expect(networkFault(error, { method: 'POST', url }).facts.neverSent).toBe(neverSent);
  });

  test('without a code is final and keeps its words', () => {
    const fault = networkFault(new Error('odd'), { method: 'PUT', url });
    expect(fault.message).toBe('PUT https://host.example/v2/?sig=redacted: odd');
    expect(fault.facts.temporary).toBe(false);
  });
});
