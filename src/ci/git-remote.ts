/** The repository that a git remote names. */
export interface RemoteRepository {
  readonly host: string;
  /** Everything before the last path component, `group/sub` included. */
  readonly owner: string;
  readonly name: string;
  /** `https://host/owner/name`, without credentials. */
  readonly url: string;
}

const scpForm = /^(?:[^@/\s]+@)?([^:/\s]+):(?!\/\/)([^\s]+)$/;

/** Reads the forms that git accepts for a remote: https, ssh, git and scp-like, with or without `.git`. */
export function parseGitRemote(text: string): RemoteRepository | undefined {
  const trimmed = text.trim();
  const scp = scpForm.exec(trimmed);
  if (scp && !/^[a-zA-Z]:[\\/]/.test(trimmed)) return fromParts(scp[1] ?? '', scp[2] ?? '');
  if (!URL.canParse(trimmed)) return undefined;
  const url = new URL(trimmed);
  if (!['https:', 'http:', 'ssh:', 'git:'].includes(url.protocol)) return undefined;
  const port = url.protocol === 'ssh:' || url.port === '' ? '' : `:${url.port}`;
  return fromParts(`${url.hostname}${port}`, url.pathname);
}

function fromParts(host: string, path: string): RemoteRepository | undefined {
  const parts = path
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .filter((part) => part !== '');
  const name = parts.at(-1);
  const owner = parts.slice(0, -1).join('/');
  if (host === '' || name === undefined || owner === '') return undefined;
  return { host, owner, name, url: `https://${host}/${owner}/${name}` };
}
