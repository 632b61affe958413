import type { Ahead } from './ahead.ts';
import { type Mount, mountKey } from './mount.ts';

export type Work = 'restore' | 'save';

export interface HelperRecipe {
  readonly work: Work;
  /** With bash, GNU tar, findutils and coreutils; with zstd, layers are unpacked there. */
  readonly image: string;
  readonly mounts: readonly Mount[];
  /** What the engine is to get beside that. */
  readonly ahead?: Ahead | undefined;
}

const onTop = '/image-builder-ahead';

/**
 * A Dockerfile with a step that mounts every directory and runs the script below. Build argument ONCE keeps the step out
 * of the cache; the endpoint is a secret, since steps are written down. What directories begin with is mounted too, for
 * comparison: to the engine it is the same, however it is named.
 */
export function helperDockerfile({ work, image, mounts, ahead }: HelperRecipe): string {
  const flags = [
    '--network=host',
    '--mount=type=secret,id=endpoint,target=/run/endpoint',
    '--mount=type=cache,id=image-builder-stamps,target=/stamps',
    ...mounts.flatMap(mountFlags),
  ];
  const command = ['bash', '-c', transferScript, 'transfer', work, ...mounts.map(mountKey)];
  const transfer = [
    ...mounts.flatMap(seedLine),
    `FROM ${image} AS transfer`,
    'ARG ONCE',
    `RUN ${flags.join(' ')} ${JSON.stringify(command)}`,
  ];
  if (ahead === undefined) return [...transfer, ''].join('\n');
  const { images, context } = ahead;
  // A directory made on top has an image unpacked; were it mounted, all of its content would be read for a checksum.
  const stages = images.flatMap((from, at) => [`${from} AS base-${at}`, `WORKDIR ${onTop}`]);
  // Nothing waits for anything else before the end.
  const last = [
    `FROM ${image}`,
    ...(context === undefined ? [] : ['RUN --mount=type=bind,target=/context ["true"]']),
    ...images.map((_, at) => `COPY --from=base-${at} ${onTop} /bases/${at}`),
    'COPY --from=transfer /tmp/over /',
  ];
  return [...transfer, ...stages, ...last, ''].join('\n');
}

function seedLine(mount: Mount): string[] {
  if (mount.from === undefined) return [];
  const { platform, image } = mount.from;
  return [`FROM --platform=${platform} ${image} AS ${seedName(mount)}`];
}

function seedName(mount: Mount): string {
  return `seed-${mountKey(mount)}`;
}

function mountFlags(mount: Mount): string[] {
  const { id, owner, from, sharing } = mount;
  const key = mountKey(mount);
  const fields = ['type=cache', `id=${id}`, `target=/mounts/${key}`, `sharing=${sharing}`];
  if (owner !== undefined)
    fields.push(`uid=${owner.uid}`, `gid=${owner.gid}`, `mode=0${owner.mode.toString(8)}`);
  if (from === undefined) return [`--mount=${fields.join(',')}`];
  const seed = [`from=${seedName(mount)}`, `source=${from.source}`];
  return [
    `--mount=${[...fields, ...seed].join(',')}`,
    `--mount=${['type=bind', `target=/seeds/${key}`, ...seed].join(',')}`,
  ];
}

/**
 * Runs within the engine, with the program that opened the endpoint at the other end. Each call is one connection:
 * a line "token verb key argument", then what the verb says. What is restored is unpacked beside the directory's content,
 * and takes its place only when the endpoint says that all of it was right; where that was interrupted it is done again.
 * A directory that is as it began counts as empty, and is not saved. A stamp tells later which names changed, by the
 * time of change of the inode, which no program can set back.
 */
const transferScript = `set -euo pipefail
read -r port token < /run/endpoint

call() {
  exec {link}<>"/dev/tcp/127.0.0.1/$port"
  printf '%s %s %s %s\\n' "$token" "$1" "$2" "\${3:--}" >&"$link"
}

hang_up() {
  exec {link}>&-
}

describe() {
  (cd "$1" && find . -mindepth 1 \\( -type d -printf '%p %y %m %U %G\\0' -o -printf '%p %y %m %U %G %s %T@ %l\\0' \\)) |
    sort --zero-terminated | sha256sum
}

as_it_began() {
  [ -d "/seeds/$1" ] && [ "$(describe "/seeds/$1")" = "$(describe "/mounts/$1")" ]
}

fits_in_an_archive() {
  [ -z "$(find . ! -type f ! -type d ! -type l ! -type p -print -quit; find . -name $'*\\n*' -print -quit)" ]
}

# Through a process of its own, content needs a fraction of what it costs within the program at the other end.
archives() {
  if ! type zstd > /dev/null 2>&1; then
    call archives "$1"
    cat <&"$link"
  else
    call layers "$1"
    zstd --decompress --stdout --quiet <&"$link"
  fi
}

up_to() {
  head --bytes="$1" && if [ "$(head --bytes=1 | wc --bytes)" != 0 ]; then : > "$2"; fi
}

restore() {
  local key=$1 state=empty status=0 link answer digest limit verdict=broken
  local new=.image-builder-restore moving=.image-builder-moving
  cd "/mounts/$key"
  rm -rf "./$new"
  if [ -n "$(ls -A)" ] && [ ! -e "./$moving" ] && ! as_it_began "$key"; then
    state=unknown
    if [ -s "/stamps/$key" ]; then state=$(< "/stamps/$key"); fi
  fi
  call dead "$key"
  cat <&"$link" > "/tmp/dead-$key"
  hang_up
  call restore "$key" "$state"
  read -r answer digest limit <&"$link"
  if [ "$answer" = fill ]; then
    hang_up
    mkdir "./$new"
    archives "$key" | up_to "$limit" "/tmp/large-$key" |
      tar --extract --ignore-zeros --directory="./$new" --numeric-owner --same-owner --preserve-permissions \\
        --delay-directory-restore --anchored --no-wildcards --exclude-from="/tmp/dead-$key" || status=$?
    if [ -e "/tmp/large-$key" ]; then status=large; fi
    call check "$key" "$status"
    read -r verdict <&"$link"
    if [ "$verdict" = whole ]; then
      touch --reference="./$new" "/tmp/root-$key"
      mkdir --parents "./$moving"
      find . -mindepth 1 -maxdepth 1 ! -name "$new" ! -name "$moving" -exec rm -rf -- {} +
      find "./$new" -mindepth 1 -maxdepth 1 -exec mv --target-directory=. -- {} +
      chown --reference="./$new" .
      chmod --reference="./$new" .
      rm -rf "./$moving"
    else
      digest=none
    fi
    rm -rf "./$new"
    if [ "$verdict" = whole ]; then touch --reference="/tmp/root-$key" .; fi
  fi
  hang_up
  printf '%s' "$digest" > "/stamps/$key"
}

save() {
  local key=$1 link answer
  local changed=(-true)
  cd "/mounts/$key"
  if as_it_began "$key"; then return; fi
  if [ -d "/seeds/$key" ] && ! fits_in_an_archive; then
    call unfit "$key"
    cat <&"$link"
    hang_up
    return
  fi
  if [ -e "/stamps/$key" ]; then changed=(-cnewer "/stamps/$key"); fi
  call listing "$key"
  find . \\( "\${changed[@]}" -printf 'changed' -o -printf 'kept' \\) -printf ' %y %s %A@ %T@ %p\\0' >&"$link"
  hang_up
  call wanted "$key"
  read -r answer <&"$link"
  if [ "$answer" = some ]; then
    cat <&"$link" > "/tmp/names-$key"
    hang_up
    call content "$key"
    tar --create --format=posix --pax-option=delete=atime,delete=ctime --numeric-owner --no-recursion \\
      --null --files-from="/tmp/names-$key" >&"$link"
    hang_up
    call stamp "$key"
    read -r answer <&"$link"
    printf '%s' "$answer" > "/stamps/$key"
  fi
  hang_up
}

work=$1
shift
jobs=()
for key in "$@"; do
  "$work" "$key" &
  jobs+=($!)
done
failed=0
for job in "\${jobs[@]}"; do wait "$job" || failed=1; done
if [ "$failed" = 0 ]; then
  : > /tmp/over
  call over all
  hang_up
fi
exit "$failed"
`;
