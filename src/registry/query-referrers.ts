import { ImageBuilderError, reasonOf } from '../core/index.ts';
import { type HttpResponse, redactUrl } from '../http/index.ts';
import { type Descriptor, type Digest, mediaTypes, parseManifest, type Repository } from '../oci/index.ts';
import { maxManifestBytes } from './manifests.ts';
import type { RegistryApi, RegistryCall } from './registry-api.ts';
import { expectStatus } from './registry-failure.ts';

/** A subject with more referrers than this many pages hold is an attack or a loop of links. */
const maxPages = 100;

export interface ReferrersCall {
  readonly repository: Repository;
  readonly subject: Digest;
}

interface Page {
  readonly referrers: readonly Descriptor[];
  readonly next: URL | undefined;
}

/**
 * Asks the referrers API (distribution specification v1.1, "Listing Referrers"), page after page; undefined when the
 * registry does not have it.
 */
export async function queryReferrers(
  api: RegistryApi,
  { repository, subject }: ReferrersCall,
): Promise<readonly Descriptor[] | undefined> {
  const found: Descriptor[] = [];
  let target: string | URL | undefined = `referrers/${subject}`;
  for (let pages = 0; target !== undefined; pages++) {
    const call: RegistryCall = {
      repository,
      method: 'GET',
      target,
      actions: ['pull'],
      headers: { accept: mediaTypes.ociIndex },
    };
    const page: Page | undefined = await api.request(call, (response) => readPage(response, call));
    if (page === undefined && pages === 0) return undefined;
    if (page === undefined || pages >= maxPages) throw corruptList(subject, pages);
    found.push(...page.referrers);
    target = page.next;
  }
  return found;
}

async function readPage(response: HttpResponse, call: RegistryCall): Promise<Page | undefined> {
  if (response.status === 404 || response.status === 405) return undefined;
  await expectStatus(response, call, [200]);
  const type = response.header('content-type')?.split(';')[0]?.trim();
  if (type !== mediaTypes.ociIndex) return undefined;
  const bytes = await response.bytes(maxManifestBytes);
  try {
    const index = parseManifest(bytes, mediaTypes.ociIndex);
    return { referrers: index.kind === 'index' ? index.manifests : [], next: nextPage(response) };
  } catch (cause) {
    const url = redactUrl(response.url);
    throw new ImageBuilderError('registry.corrupt', `${url}: ${reasonOf(cause)}`, { url }, { cause });
  }
}

/** RFC 8288; a page of another origin is none of this registry's. Throws a plain `Error`. */
function nextPage(response: HttpResponse): URL | undefined {
  const link = /<([^<>]*)>\s*;[^,]*\brel="?next"?/i.exec(response.header('link') ?? '')?.[1];
  if (link === undefined) return undefined;
  if (!URL.canParse(link, response.url.href)) throw new Error('the link to the next page is no address');
  const next = new URL(link, response.url);
  if (next.origin !== response.url.origin)
    throw new Error('the link to the next page leads to another server');
  return next;
}

function corruptList(subject: Digest, pages: number): ImageBuilderError<'registry.corrupt'> {
  return new ImageBuilderError(
    'registry.corrupt',
    `the list of referrers of ${subject} does not end properly after ${pages} pages`,
    { url: `referrers/${subject}` },
  );
}
