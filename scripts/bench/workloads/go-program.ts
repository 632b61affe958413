import type { Files } from '../checkout.ts';

/** Where its compiler keeps what it made: a cache mount. */
export const compileCache = '/root/.cache/go-build';

const packages = 30;
const functionsEach = 30;
/** What imports half of the others: a change in it is compiled, and so is all above it. */
const middle = packages / 2;

/** Much of the standard library, which an empty compile cache has to compile as well. */
const imports = [
  'archive/zip',
  'encoding/json',
  'go/types',
  'html/template',
  'image/png',
  'log/slog',
  'net/http',
];

/** A Go program of thirty packages, cross-compiled for two platforms with a cache mount, into an empty image. */
export function goProgram(base: string): Files {
  const sources = Array.from({ length: packages }, (_, at): [string, string] => [
    `internal/p${at}/p.go`,
    at === middle ? middlePackage('0') : packageSource(at, ''),
  ]);
  return {
    Dockerfile: dockerfile(base),
    '.dockerignore': '.git\nDockerfile\n',
    'go.mod': 'module example.com/app\n\ngo 1.21\n',
    'cmd/app/main.go': mainSource(),
    ...Object.fromEntries(sources),
  };
}

/** What such a program carries along when its dependencies are vendored: 3,500 files, 60 MB. */
export function vendoredTree(): Files {
  return Object.fromEntries(
    Array.from({ length: 3_500 }, (_, at): [string, string] => [
      `vendored/d${at % 100}/f${at}.txt`,
      `${at} ${'the same words again '.repeat(820)}`,
    ]),
  );
}

/** The change of one line that every rebuild has to compile. */
export function oneLineChange(value: string): Files {
  return { [`internal/p${middle}/p.go`]: middlePackage(value) };
}

function dockerfile(base: string): string {
  return `FROM --platform=$BUILDPLATFORM ${base} AS build
ARG TARGETOS
ARG TARGETARCH
WORKDIR /src
RUN --mount=type=bind,target=/src \\
    --mount=type=cache,target=${compileCache} \\
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -o /app ./cmd/app
FROM scratch
COPY --from=build /app /app
`;
}

function middlePackage(value: string): string {
  return packageSource(middle, `\n// Changed is what changes.\nvar Changed = ${JSON.stringify(value)}\n`);
}

function packageSource(at: number, more: string): string {
  const below = at === 0 ? '' : `import below "example.com/app/internal/p${at - 1}"\n`;
  const called = (name: number) => (at === 0 ? `n + ${name}` : `below.F${name}(n + ${name})`);
  const functions = Array.from(
    { length: functionsEach },
    (_, name) => `
// F${name} mixes its argument with what the package below makes of it.
func F${name}(n int) int {
	total := map[string]int{}
	for i := 0; i < n%7; i++ {
		switch {
		case i%3 == 0:
			total["three"] += i * ${name + at}
		case i%5 == 0:
			total["five"] -= i
		default:
			total["rest"] ^= i
		}
	}
	return total["three"] + total["five"] + total["rest"] + ${called(name)}
}
`,
  );
  return `// Package p${at} is a layer of the program.\npackage p${at}\n\n${below}${more}${functions.join('')}`;
}

function mainSource(): string {
  return `package main

import (
	"fmt"
	top "example.com/app/internal/p${packages - 1}"
	changed "example.com/app/internal/p${middle}"
${imports.map((path) => `\t_ "${path}"\n`).join('')})

func main() { fmt.Println(top.F0(1), changed.Changed) }
`;
}
