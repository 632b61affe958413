import type { ImageBuilderError, Secret } from '../core/index.ts';
import type { HttpError } from '../http/index.ts';
import { answerFailure, type FailedAnswer, passing, statusFailure } from './azure-failure.ts';
import { errorBody, parseJson, printableWords, type ServiceWords } from './service-words.ts';
import { members, textOf } from './untrusted-json.ts';

/** A federated credential that was just made is not known everywhere yet. */
const notYetKnown = 'AADSTS70021';

const federatedHint =
  'add a federated credential to the application whose issuer, subject and audience are exactly those of the token';
const secretHint = 'the client secret is wrong or has expired: make a new one';

const hints: Readonly<Record<string, string>> = {
  AADSTS70021: federatedHint,
  AADSTS700211: federatedHint,
  AADSTS700212: federatedHint,
  AADSTS700213: federatedHint,
  AADSTS7000215: secretHint,
  AADSTS7000222: secretHint,
  AADSTS700016: 'check the client id, and that the application is one of this tenant',
  AADSTS90002: 'check the tenant id',
};

/** Why Entra gave no token: the error answer of RFC 6749, 5.2, whose description starts with a number of Entra. */
export async function entraRefusal(
  answer: FailedAnswer,
  proof: Secret,
): Promise<ImageBuilderError | HttpError> {
  const { status } = answer.response;
  const words = await entraWords(answer, proof);
  const said = { ...answer, words };
  if (status === 408 || status === 429 || status >= 500) return statusFailure(said);
  const [number] = /^AADSTS[0-9]+/.exec(words.message ?? '') ?? [];
  const hint = number === undefined ? undefined : hints[number];
  const failure = answerFailure('azure.refused', said, { hint });
  const mayPass = number === notYetKnown || words.typeKey === 'temporarily_unavailable';
  return mayPass ? passing(said, failure) : failure;
}

/** The word of the specification, and the first line of the description; the rest are ids and times. */
async function entraWords({ response }: FailedAnswer, proof: Secret): Promise<ServiceWords> {
  const body = members(parseJson(await errorBody(response)));
  const [firstLine = ''] = (textOf(body.error_description) ?? '').trim().split(/\r?\n/);
  return printableWords(body.error, firstLine, [proof.reveal()]);
}
