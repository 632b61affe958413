// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of Dockerfiles
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AskedBuild, bareContext, bothPlatforms, brief, goCache } from './build-for-test.ts';

type Row = readonly [title: string, dockerfile: string, asked?: AskedBuild];

/** Dockerfiles that look like those that there is something to say about, and are right as they are. */
const rows: readonly Row[] = [
  [
    'what cross-compiles with caches',
    `FROM --platform=$BUILDPLATFORM golang:1.25 AS build
WORKDIR /src
RUN --mount=type=bind,source=go.mod,target=go.mod go mod download
ARG TARGETOS TARGETARCH
RUN --mount=type=bind,target=. \\
    ${goCache} \\
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -o /app .
FROM scratch
COPY --from=build /app /app`,
    bothPlatforms,
  ],
  [
    'a Node application as its image recommends',
    'FROM node:22-slim\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\nUSER node\nCMD ["node", "server.js"]',
    bothPlatforms,
  ],
  [
    'a Node application in stages',
    'FROM node:22 AS build\nCOPY package.json yarn.lock ./\nRUN yarn install\nCOPY . .\nRUN yarn build\nFROM node:22-slim\nCOPY package.json yarn.lock ./\nRUN yarn install --production\nCOPY --from=build /app/dist dist',
  ],
  [
    'a Python application',
    'FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\nCMD ["python", "-m", "app"]',
  ],
  [
    'packages of a system and a program',
    'FROM debian:13\nRUN apt-get update && apt-get install -y gcc make\nCOPY hello.c .\nRUN gcc -o /hello hello.c',
    bothPlatforms,
  ],
  ['-a as the value of another option', `FROM golang\nCOPY . .\nRUN ${goCache} go build -o -a .`],
  ['-a of another program', `FROM golang\nCOPY . .\nRUN ${goCache} ls -a && go build . && grep -a x y`],
  ['-a in a text', `FROM golang\nRUN echo "go build -a ."`],
  ['-a in a comment', `FROM golang\nCOPY . .\n# go build -a\nRUN ${goCache} go build . # -a`],
  ['-a in a file that is written', 'FROM golang\nRUN cat <<EOF > /build.sh\ngo build -a .\nEOF'],
  [
    '-a in a stage that is not needed',
    'FROM golang AS old\nCOPY . .\nRUN go build -a .\nFROM scratch\nCOPY x /',
  ],
  [
    '-a in a stage behind the target',
    'FROM alpine AS one\nFROM golang\nCOPY . .\nRUN go build -a .',
    { target: 'one' },
  ],
  ['a tool of go by its version', 'FROM golang\nCOPY . .\nRUN go install example.com/tool@v1.2.3'],
  [
    'go without sources of the caller',
    'FROM golang\nRUN git clone https://x.example/y && cd y && go build .',
  ],
  [
    'go on a release that is fetched',
    'FROM golang\nADD https://x.example/y.tar.gz /y\nRUN cd /y && go build .',
  ],
  [
    'go with a cache in another place',
    'FROM golang\nENV GOCACHE=/cache\nCOPY . .\nRUN --mount=type=cache,target=/cache go build .',
  ],
  [
    'go with a cache of a user',
    'FROM golang\nCOPY . .\nUSER app\nRUN --mount=type=cache,target=/home/app/.cache,uid=1000 go build .',
  ],
  [
    'go with a cache by variable',
    'FROM golang\nARG CACHE=/c\nCOPY . .\nRUN --mount=type=cache,target=$CACHE go build .',
  ],
  ['other commands of go', 'FROM golang\nCOPY . .\nRUN go vet ./... && go env && gofmt -l .'],
  [
    'go after its dependencies were compiled',
    'FROM golang\nCOPY go.mod go.sum ./\nRUN go build example.com/heavy/...\nCOPY . .\nRUN go build .',
  ],
  [
    'cargo with a cache of its target',
    'FROM rust\nWORKDIR /app\nCOPY . .\nRUN --mount=type=cache,target=/app/target cargo build --release && cp target/release/x /x',
  ],
  [
    'cargo chef',
    'FROM lukemathwalker/cargo-chef AS chef\nFROM chef AS planner\nCOPY . .\nRUN cargo chef prepare --recipe-path recipe.json\nFROM chef AS builder\nCOPY --from=planner /app/recipe.json recipe.json\nRUN cargo chef cook --release --recipe-path recipe.json\nCOPY . .\nRUN cargo build --release\nFROM debian\nCOPY --from=builder /app/target/release/x /',
  ],
  [
    'cargo with an empty program first',
    'FROM rust\nCOPY Cargo.toml Cargo.lock ./\nRUN mkdir src && echo "fn main() {}" > src/main.rs && cargo build --release\nCOPY src src\nRUN cargo build --release',
  ],
  ['cargo with sccache', 'FROM rust\nENV RUSTC_WRAPPER=sccache\nCOPY . .\nRUN cargo build'],
  ['a tool of cargo', 'FROM rust\nCOPY . .\nRUN cargo install cargo-audit && cargo +nightly fmt --check'],
  [
    'maven after its dependencies',
    'FROM maven\nCOPY pom.xml .\nRUN mvn -B dependency:go-offline\nCOPY src src\nRUN mvn -B package',
  ],
  ['maven without network', 'FROM maven\nCOPY . .\nRUN mvn -o package'],
  ['maven that compiles nothing', 'FROM maven\nCOPY . .\nRUN mvn help:effective-pom'],
  [
    'gradle after its dependencies',
    'FROM gradle\nCOPY build.gradle.kts settings.gradle.kts ./\nRUN gradle dependencies\nCOPY src src\nRUN gradle build',
  ],
  [
    'gradle with its cache',
    'FROM gradle\nCOPY . .\nRUN --mount=type=cache,target=/home/gradle/.gradle gradle build',
  ],
  [
    'ccache with its cache',
    'FROM debian\nENV CC="ccache gcc" CCACHE_DIR=/ccache\nCOPY . .\nRUN --mount=type=cache,target=/ccache make',
  ],
  ['ccache that is only asked', 'FROM debian\nCOPY . .\nRUN ccache -s && ccache --version'],
  [
    'ccache with a server',
    'FROM debian\nENV CC="ccache gcc" CCACHE_REMOTE_STORAGE=http://c.example\nCOPY . .\nRUN make',
  ],
  [
    'make, of which nobody knows what it does',
    'FROM golang\nCOPY . .\nRUN make build && ./build.sh',
    bothPlatforms,
  ],
  [
    'npm with a cache of its downloads',
    'FROM node\nCOPY . .\nRUN --mount=type=cache,target=/root/.npm npm ci',
  ],
  ['npm for a single package', 'FROM node\nCOPY . .\nRUN npm install -g serve && npm install express'],
  [
    'npm again for fewer packages',
    'FROM node\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build && npm ci --omit=dev',
  ],
  ['npm in a folder that is not everything', 'FROM node\nCOPY web/ ./\nRUN npm ci'],
  [
    'npm with what its hooks need',
    'FROM node\nCOPY package*.json ./\nCOPY prisma prisma\nCOPY patches patches\nRUN npm ci',
  ],
  ['npm after a copy with exceptions', 'FROM node\nCOPY --exclude=src . .\nRUN npm ci'],
  [
    'npm on the files of another stage',
    'FROM alpine AS src\nCOPY . /s\nFROM node\nCOPY --from=src /s/package.json /s/package-lock.json ./\nRUN npm ci',
  ],
  [
    'yarn that only runs scripts',
    'FROM node\nCOPY . .\nRUN yarn build && yarn --version && yarn workspaces list',
  ],
  [
    'pnpm after its fetch',
    'FROM node\nCOPY pnpm-lock.yaml ./\nRUN pnpm fetch\nCOPY . .\nRUN pnpm install --offline',
  ],
  [
    'pip with the project itself',
    'FROM python\nCOPY . .\nRUN pip install -r requirements.txt -e .\nRUN pip install .',
  ],
  ['pip for single packages', 'FROM python\nCOPY . .\nRUN pip install --upgrade pip poetry'],
  ['go for the platform of the builder', `FROM golang\nCOPY . .\nRUN ${goCache} go build .`],
  [
    'go for a processor that runs natively too',
    `FROM golang\nCOPY . .\nRUN ${goCache} go build .`,
    { platforms: ['linux/386', 'linux/amd64'] },
  ],
  [
    'go where nodes run everything natively',
    `FROM golang\nCOPY . .\nRUN ${goCache} go build .`,
    { ...bothPlatforms, nativePlatforms: ['linux/amd64', 'linux/arm64'] },
  ],
  [
    'go where each platform has a node of its own',
    `FROM golang\nCOPY . .\nRUN ${goCache} go build .`,
    {
      nodes: [
        { platforms: ['linux/amd64'], nativePlatforms: ['linux/amd64'] },
        { platforms: ['linux/arm64'], nativePlatforms: ['linux/arm64', 'linux/arm/v7'] },
      ],
    },
  ],
  [
    'go where nobody knows the builder',
    `FROM golang\nCOPY . .\nRUN ${goCache} go build .`,
    { ...bothPlatforms, nativePlatforms: [] },
  ],
  [
    'go with C under emulation',
    `FROM golang\nENV CGO_ENABLED=1\nCOPY . .\nRUN ${goCache} go build .`,
    bothPlatforms,
  ],
  [
    'tests under emulation, which are meant so',
    `FROM golang\nCOPY . .\nRUN ${goCache} go test ./...`,
    bothPlatforms,
  ],
  [
    'a tool under emulation, which is a layer of its own',
    'FROM golang\nRUN go install example.com/tool@v1\nCOPY . .',
    bothPlatforms,
  ],
  [
    'go on a platform that is not understood',
    `ARG P\nFROM --platform=$P golang\nCOPY . .\nRUN ${goCache} go build .`,
    bothPlatforms,
  ],
  [
    'a stage on one for the builder',
    `FROM --platform=$BUILDPLATFORM golang AS a\nFROM a\nCOPY . .\nRUN ${goCache} go build .`,
    bothPlatforms,
  ],
  [
    'a context that leaves things out',
    'FROM node\nCOPY . .',
    { context: { ...bareContext, hasIgnoreFile: true, files: 90_000 } },
  ],
  [
    'a context of which little is read',
    'FROM node\nCOPY package.json src ./',
    { context: { ...bareContext, files: 90_000 } },
  ],
  [
    'a history that the build reads',
    'FROM golang\nCOPY . .\nRUN echo "$(git describe --tags)" > /version',
    { context: bareContext },
  ],
  ['a history that is copied by name', 'FROM golang\nCOPY .git .git\nCOPY . .', { context: bareContext }],
  ['a context without history', 'FROM node\nCOPY . .', { context: { ...bareContext, hasGitFolder: false } }],
  ['a context that nobody looked at', 'FROM node\nCOPY . .'],
  ['nothing', ''],
  ['no stage', 'RUN go build -a'],
];

const cases = rows.map(([title, dockerfile, asked = {}]) => ({ title, dockerfile, asked }));

test.each(cases)('nothing is said of $title', ({ dockerfile, asked }) => {
  expect(brief(dockerfile, asked)).toEqual([]);
});

const examples = join(import.meta.dirname, '../../examples');
const built = readdirSync(examples).filter((name) => existsSync(join(examples, name, 'Dockerfile')));

test.each(built)('nothing is said of our own example %s', (name) => {
  const dockerfile = readFileSync(join(examples, name, 'Dockerfile'), 'utf8');
  expect(brief(dockerfile, bothPlatforms)).toEqual([]);
});

test('the context of the quickstart needs no ignore file', () => {
  const dockerfile = readFileSync(join(examples, 'quickstart/Dockerfile'), 'utf8');
  expect(brief(dockerfile, { ...bothPlatforms, context: bareContext })).toEqual([]);
});
