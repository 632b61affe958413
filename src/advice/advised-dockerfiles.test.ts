// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the variables of Dockerfiles
import { expect, test } from 'vitest';
import { type AskedBuild, bareContext, bothPlatforms, brief, goCache } from './build-for-test.ts';

type Row = readonly [title: string, dockerfile: string, advice: readonly string[], asked?: AskedBuild];

const mount = 'compiler-without-cache-mount';
const order = 'sources-before-dependencies';
const emulated = 'emulated-compile';
const context = 'context-without-dockerignore';

const rows: readonly Row[] = [
  [
    'the Dockerfile of the published guide',
    `FROM --platform=$BUILDPLATFORM golang:1.24.2-alpine3.21 AS builder
WORKDIR /app
COPY go.mod go.sum ./
RUN go mod download -x
ARG TARGETOS TARGETARCH
RUN --mount=target=. cd /app/cmd/image-builder && CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -buildvcs=false -o /image-builder -a -ldflags '-extldflags "-static"' .
FROM scratch
COPY --from=builder /image-builder /image-builder
ENTRYPOINT ["/image-builder"]`,
    ['6 go-build-a', `6 ${mount}`],
    bothPlatforms,
  ],
  [
    'the Dockerfile that operators are generated with',
    `FROM golang:1.24 AS builder
ARG TARGETOS
ARG TARGETARCH
WORKDIR /workspace
COPY go.mod go.mod
COPY go.sum go.sum
RUN go mod download
COPY cmd/main.go cmd/main.go
COPY api/ api/
COPY internal/ internal/
RUN CGO_ENABLED=0 GOOS=\${TARGETOS:-linux} GOARCH=\${TARGETARCH} go build -a -o manager cmd/main.go
FROM gcr.io/distroless/static:nonroot
WORKDIR /
COPY --from=builder /workspace/manager .
USER 65532:65532
ENTRYPOINT ["/manager"]`,
    ['11 go-build-a', `11 ${mount}`, `11 ${emulated}`],
    bothPlatforms,
  ],
  ['-a as an option of its own', `FROM golang\nCOPY . .\nRUN ${goCache} go build -a .`, ['3 go-build-a']],
  [
    '-a with two dashes and a value',
    `FROM golang\nCOPY . .\nRUN ${goCache} go install --a=true .`,
    ['3 go-build-a'],
  ],
  [
    '-a in a here-document',
    `FROM golang\nCOPY . .\nRUN ${goCache} <<EOF\nset -e\ngo build -a .\nEOF`,
    ['3 go-build-a'],
  ],
  [
    '-a behind a shell',
    `FROM golang\nCOPY . .\nRUN ${goCache} ["sh", "-c", "go build -a ."]`,
    ['3 go-build-a'],
  ],
  [
    '-a of the whole path of go',
    `FROM golang\nCOPY . .\nRUN ${goCache} /usr/local/go/bin/go test -a ./...`,
    ['3 go-build-a'],
  ],
  [
    '-a twice, once said',
    `FROM golang\nCOPY . .\nRUN ${goCache} go build -a x\nRUN ${goCache} go build -a y`,
    ['3 go-build-a'],
  ],
  ['go without its cache', 'FROM golang\nCOPY . .\nRUN go build -o /app .', [`3 ${mount}`]],
  [
    'go with a cache for modules only',
    'FROM golang\nCOPY . .\nRUN --mount=type=cache,target=/go/pkg/mod go build .',
    [`3 ${mount}`],
  ],
  [
    'go with a cache for packages of the system only',
    'FROM golang\nCOPY . .\nRUN --mount=type=cache,target=/var/cache/apt go build .',
    [`3 ${mount}`],
  ],
  [
    'go over several lines',
    'FROM golang\nCOPY main.go ./\nRUN set -e; \\\n  cd x && \\\n  CGO_ENABLED=0 \\\n  go build .',
    [`3 ${mount}`],
  ],
  [
    'go on a mount of the context',
    'FROM golang\nRUN --mount=type=bind,target=. go build -o /app .',
    [`2 ${mount}`],
  ],
  [
    'go in a stage on another one with sources',
    'FROM golang AS src\nCOPY . .\nFROM src\nRUN go build .',
    [`4 ${mount}`],
  ],
  [
    'go on sources of another stage',
    'FROM alpine AS src\nCOPY . /src\nFROM golang\nCOPY --from=src /src .\nRUN go build .',
    [`5 ${mount}`],
  ],
  [
    'go on a named context',
    'FROM golang\nCOPY --from=app . .\nRUN go build .',
    [`3 ${mount}`],
    { contexts: ['app'] },
  ],
  ['go through xx', 'FROM golang\nCOPY . .\nRUN xx-go build .', [`3 ${mount}`]],
  [
    'cargo after everything was copied',
    'FROM rust:1.80\nWORKDIR /app\nCOPY . .\nRUN cargo build --release',
    [`4 ${mount}`],
  ],
  [
    'cargo with a cache of its registry only',
    'FROM rust\nCOPY . .\nRUN --mount=type=cache,target=/usr/local/cargo/registry cargo build',
    [`3 ${mount}`],
  ],
  ['cargo install of the sources', 'FROM rust\nCOPY . .\nRUN cargo install --path .', [`3 ${mount}`]],
  [
    'maven after everything was copied',
    'FROM maven:3.9-eclipse-temurin-21 AS build\nCOPY . /src\nWORKDIR /src\nRUN mvn -B clean package -DskipTests',
    [`4 ${mount}`],
  ],
  ['the wrapper of maven', 'FROM eclipse-temurin:21\nCOPY . .\nRUN ./mvnw package', [`3 ${mount}`]],
  [
    'gradle after everything was copied',
    'FROM gradle:8-jdk21 AS build\nCOPY --chown=gradle:gradle . /home/gradle/src\nRUN gradle bootJar --no-daemon',
    [`3 ${mount}`],
  ],
  [
    'the wrapper of gradle with a path of a task',
    'FROM eclipse-temurin:21\nCOPY . .\nRUN ./gradlew :app:installDist',
    [`3 ${mount}`],
  ],
  ['ccache in the variable of make', 'FROM debian\nCOPY . .\nRUN make CC="ccache gcc" -j4', [`3 ${mount}`]],
  ['ccache by ENV', 'FROM debian\nENV CC="ccache gcc"\nCOPY . .\nRUN make -j4', [`4 ${mount}`]],
  [
    'ccache as launcher of cmake',
    'FROM debian\nCOPY . .\nRUN cmake -DCMAKE_C_COMPILER_LAUNCHER=ccache . && make',
    [`3 ${mount}`],
  ],
  [
    'npm ci after everything',
    'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "."]',
    [`3 ${order}`],
  ],
  [
    'npm ci and build in one line',
    'FROM node:22\nCOPY . .\nRUN npm ci --no-audit && npm run build',
    [`2 ${order}`],
  ],
  [
    'npm install with options',
    'FROM node:22\nCOPY ./ /app/\nRUN cd /app && npm install --omit dev --prefix /app',
    [`2 ${order}`],
  ],
  ['yarn alone', 'FROM node:22\nADD . .\nRUN yarn && yarn build', [`2 ${order}`]],
  [
    'yarn with a frozen lock file',
    'FROM node:22\nCOPY . .\nRUN yarn install --frozen-lockfile',
    [`2 ${order}`],
  ],
  ['pnpm', 'FROM node:22\nCOPY . .\nRUN corepack enable && pnpm i --frozen-lockfile', [`2 ${order}`]],
  [
    'pip',
    'FROM python:3.13\nCOPY . /app\nRUN pip install --no-cache-dir -r /app/requirements.txt',
    [`2 ${order}`],
  ],
  [
    'pip as a module',
    'FROM python:3.13\nCOPY . /app\nRUN python3 -m pip install -r requirements.txt',
    [`2 ${order}`],
  ],
  ['bundler', 'FROM ruby:3.4\nCOPY . .\nRUN bundle install --jobs 4', [`2 ${order}`]],
  ['modules of go', `FROM golang\nCOPY . .\nRUN go mod download\nRUN ${goCache} go build .`, [`2 ${order}`]],
  [
    'modules of go on a mount of the context',
    `FROM golang\nRUN --mount=target=. go mod download\nRUN ${goCache} --mount=target=. go build -o /x .`,
    [`2 ${order}`],
  ],
  ['crates', 'FROM rust\nCOPY . .\nRUN cargo fetch', [`2 ${order}`]],
  ['a list in the form of JSON', 'FROM node\nCOPY [".", "/app/"]\nRUN npm ci', [`2 ${order}`]],
  ['a pattern for everything', 'FROM node\nCOPY * ./\nRUN npm ci', [`2 ${order}`]],
  [
    'the whole context in the base stage',
    'FROM node AS base\nCOPY . .\nFROM base\nRUN npm ci',
    [`2 ${order}`],
  ],
  [
    'go under emulation',
    `FROM golang AS b\nCOPY . .\nRUN ${goCache} go build -o /x .\nFROM scratch\nCOPY --from=b /x /x`,
    [`3 ${emulated}`],
    bothPlatforms,
  ],
  [
    'go under emulation in the image itself',
    `FROM golang\nCOPY . .\nRUN ${goCache} go build -o /x .`,
    [`3 ${emulated}`],
    bothPlatforms,
  ],
  [
    'go for one other platform',
    `FROM golang\nCOPY . .\nRUN ${goCache} go build .`,
    [`3 ${emulated}`],
    { platforms: ['linux/s390x'] },
  ],
  [
    'go with the platform of the target by name',
    `FROM --platform=$TARGETPLATFORM golang\nCOPY . .\nRUN ${goCache} go build .`,
    [`3 ${emulated}`],
    bothPlatforms,
  ],
  [
    'go on a platform that somebody fixed',
    `FROM --platform=linux/arm64 golang\nCOPY . .\nRUN ${goCache} go build .`,
    [`3 ${emulated}`],
  ],
  [
    'maven under emulation',
    'FROM maven AS b\nCOPY . .\nRUN --mount=type=cache,target=/root/.m2 mvn package\nFROM eclipse-temurin\nCOPY --from=b /target/a.jar /',
    [`3 ${emulated}`],
    bothPlatforms,
  ],
  [
    'go for the one platform that no node runs',
    `FROM golang\nCOPY . .\nRUN ${goCache} go build .`,
    [`3 ${emulated}`],
    {
      nodes: [
        { platforms: ['linux/amd64', 'linux/s390x'], nativePlatforms: ['linux/amd64'] },
        { platforms: ['linux/arm64'], nativePlatforms: ['linux/arm64'] },
      ],
    },
  ],
  [
    'go on a node that runs arm64 only',
    `FROM golang\nCOPY . .\nRUN ${goCache} go build .`,
    [`3 ${emulated}`],
    { nativePlatforms: ['linux/arm64'] },
  ],
  [
    'a history that is copied',
    'FROM node\nCOPY . .\nCMD ["node", "."]',
    [`2 ${context}`],
    { context: bareContext },
  ],
  [
    'a history that is mounted',
    `FROM golang\nRUN ${goCache} --mount=target=. go build -o /x .`,
    [`2 ${context}`],
    { context: bareContext },
  ],
  [
    'a history where git is only installed',
    'FROM alpine\nRUN apk add git gcc && git clone https://x.example/y\nCOPY . .',
    [`3 ${context}`],
    { context: bareContext },
  ],
  [
    'very many files',
    'FROM node\nCOPY . .',
    [`2 ${context}`],
    { context: { ...bareContext, hasGitFolder: false, files: 20_001 } },
  ],
  [
    'very many bytes',
    'FROM node\nCOPY . .',
    [`2 ${context}`],
    { context: { ...bareContext, hasGitFolder: false, bytes: 500_000_001 } },
  ],
];

const cases = rows.map(([title, dockerfile, advice, asked = {}]) => ({ title, dockerfile, advice, asked }));

test.each(cases)('a build is advised of $title', ({ dockerfile, advice, asked }) => {
  expect(brief(dockerfile, asked)).toEqual(advice);
});
