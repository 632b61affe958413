import type { IncomingMessage } from 'node:http';
import type { Switches } from '../switches.ts';
import type { Credentials } from './credentials.ts';
import type { RestAnswer } from './refusal.ts';

export type SignInForm = '401' | '203' | '302' | '200';

const page = `<!DOCTYPE html>
<html lang="en-US"><head><title>Azure DevOps Services | Sign In</title></head>
<body><h1>Sign in to your account</h1></body></html>
`;

/** The ways in which the service says that it does not take a token. */
export function signInAnswer(form: SignInForm, origin: string): RestAnswer {
  if (form === '401')
    return {
      status: 401,
      headers: {
        'www-authenticate': 'Basic realm="https://tfsprodsin1.app.visualstudio.com/"',
        'content-length': 0,
      },
    };
  if (form === '302')
    return {
      status: 302,
      headers: { location: `${origin}/_signin?realm=dev.azure.com` },
      contentType: 'text/html; charset=utf-8',
      body: page,
    };
  return { status: Number(form), contentType: 'text/html; charset=utf-8', body: page };
}

/** `undefined`: the caller may go on. */
export function refuseToken(
  request: IncomingMessage,
  credentials: Credentials,
  { switches, origin }: { readonly switches: Switches; readonly origin: string },
): RestAnswer | undefined {
  const judgement = credentials.judge(request.headers.authorization);
  const header = request.headers['x-tfs-fedauthredirect'];
  const suppressed = String(header ?? '').toLowerCase() === 'suppress';
  if (suppressed && switches.suppressHeader === 'refused') return signInAnswer('401', origin);
  if (judgement === 'good') return undefined;
  if (judgement === 'expired' && switches.expiredToken !== 'as-any-other')
    return signInAnswer(switches.expiredToken, origin);
  return signInAnswer(suppressed ? '401' : switches.refusedToken, origin);
}
