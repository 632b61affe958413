import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Files } from '../checkout.ts';

const packages = 40;
const modulesEach = 25;

/** An application with a lock file: forty packages are installed, then its sources are put into one file. */
export function nodeApplication(base: string): Files {
  const vendored = Array.from({ length: packages }, (_, at) => tarball(at));
  const dependencies = Object.fromEntries(vendored.map(({ name, path }) => [name, `file:${path}`]));
  const root = { name: 'app', version: '1.0.0', private: true, type: 'module', dependencies };
  const locked = vendored.map(({ name, path, integrity }) => [
    `node_modules/${name}`,
    { version: '1.0.0', resolved: `file:${path}`, integrity },
  ]);
  return {
    Dockerfile: dockerfile(base),
    '.dockerignore': '.git\nDockerfile\nnode_modules\n',
    'package.json': json(root),
    'package-lock.json': json({
      ...{ name: 'app', version: '1.0.0', lockfileVersion: 3, requires: true },
      packages: { '': { name: 'app', version: '1.0.0', dependencies }, ...Object.fromEntries(locked) },
    }),
    ...Object.fromEntries(vendored.map(({ path, bytes }) => [path, bytes])),
    'build.js': buildScript(vendored.map(({ name }) => name)),
    ...changedLine('0'),
  };
}

/** The change of one line that every rebuild has to take in. */
export function changedLine(value: string): Files {
  return { 'src/app.js': `export const changed = ${JSON.stringify(value)};\n` };
}

function dockerfile(base: string): string {
  return `FROM ${base} AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY vendor/ vendor/
RUN --mount=type=cache,target=/root/.npm npm ci --offline --no-audit --no-fund
COPY . .
RUN node build.js
FROM ${base}
COPY --from=build /app/dist/ /app/
CMD ["node", "/app/app.js"]
`;
}

interface Vendored {
  readonly name: string;
  readonly path: string;
  readonly bytes: Buffer;
  readonly integrity: string;
}

function tarball(at: number): Vendored {
  const name = `part-${at}`;
  const modules = Array.from({ length: modulesEach }, (_, module): [string, string] => [
    `package/lib/m${module}.js`,
    `export const value${module} = ${JSON.stringify('x'.repeat(2_000 + at + module))};\n`,
  ]);
  const index = modules.map((_, module) => `export * from './lib/m${module}.js';\n`).join('');
  const description = { name, version: '1.0.0', type: 'module', exports: './index.js' };
  const files = [
    ['package/package.json', json(description)],
    ['package/index.js', index],
    ...modules,
  ] as const;
  const bytes = gzipSync(tar(files));
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  return { name, path: `vendor/${name}-1.0.0.tgz`, bytes, integrity };
}

/** As npm packs: ustar, regular files only. */
function tar(files: readonly (readonly [string, string])[]): Buffer {
  const blocks = files.flatMap(([path, text]) => {
    const content = Buffer.from(text);
    const padded = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    content.copy(padded);
    return [header(path, content.length), padded];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, width: number) => value.toString(8).padStart(width, '0');
  block.write(path, 0);
  block.write(
    `${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)}\0${octal(0, 11)}\0`,
    100,
  );
  block.write('        0', 148);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function buildScript(names: readonly string[]): string {
  return `import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
const parts = await Promise.all(${JSON.stringify(names)}.map((name) => import(name)));
mkdirSync('dist', { recursive: true });
writeFileSync('dist/parts.json', JSON.stringify(parts));
writeFileSync('dist/app.js', readFileSync('src/app.js'));
`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
