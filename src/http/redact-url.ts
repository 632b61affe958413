/** Query names whose values say what was asked for; every other value may be a token or a signature. */
const shownValues: ReadonlySet<string> = new Set([
  'api-version',
  'artifactType',
  'digest',
  'from',
  'last',
  'mount',
  'n',
  'pipelineVersion',
  'scope',
  'service',
  'startLine',
]);

/** A URL that may be printed: no user information, no fragment, query values only of allow-listed names. */
export function redactUrl(url: URL): string {
  const query = [...url.searchParams].map(([name, value]) => {
    const shown = shownValues.has(name) ? value.replaceAll(/[^\w:/.,+-]/g, encodeURIComponent) : 'redacted';
    return `${encodeURIComponent(name)}=${shown}`;
  });
  return `${url.origin}${url.pathname}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}
