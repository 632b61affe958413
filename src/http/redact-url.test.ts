import { expect, test } from 'vitest';
import { redactUrl } from './redact-url.ts';

test.each([
  ['https://user:pass@host.example/v2/', 'https://host.example/v2/'],
  [
    'https://host.example:444/a?X-Amz-Signature=abc&digest=sha256:1',
    'https://host.example:444/a?X-Amz-Signature=redacted&digest=sha256:1',
  ],
  [
    'https://host.example/token?scope=repository:a/b:pull,push&service=x&code=s3cr3t',
    'https://host.example/token?scope=repository:a/b:pull,push&service=x&code=redacted',
  ],
  ['https://host.example/u?_state=opaque#token=abc', 'https://host.example/u?_state=redacted'],
  [
    'https://host.example/runs?api-version=7.1&pipelineVersion=4&startLine=9',
    'https://host.example/runs?api-version=7.1&pipelineVersion=4&startLine=9',
  ],
  ['https://host.example/t?service=a%0Ab%1B', 'https://host.example/t?service=a%0Ab%1B'],
  ['https://host.example/t?s3cr3t', 'https://host.example/t?s3cr3t=redacted'],
])('%s is printed as %s', (url, printed) => {
  expect(redactUrl(new URL(url))).toBe(printed);
});
