import { expect, test } from 'vitest';
import { parseDockerfile } from '../dockerfile/index.ts';
import { runCommands } from './run-commands.ts';

function read(text: string): readonly string[] {
  const [stage] = parseDockerfile(`FROM a\n${text}`);
  return stage?.instructions.flatMap(runCommands).map(({ words }) => words.join(' ')) ?? [];
}

test.each<readonly [string, readonly string[]]>([
  ['RUN go build', ['go build']],
  ['run go build', ['go build']],
  ['RUN --mount=type=cache,target=/c --network=none go build --x', ['go build --x']],
  ['RUN a && \\\n # c\n b', ['a', 'b']],
  ['RUN ["go", "build"]', ['go build']],
  ['RUN ["/bin/sh", "-ec", "go build && x"]', ['go build', 'x']],
  ['RUN [ -f x ] && go build', ['[ -f x ]', 'go build']],
  ["RUN bash -euo pipefail -c 'a; b'", ['a', 'b']],
  ['RUN <<EOF\ngo build\nx\nEOF', ['go build', 'x']],
  ['RUN --mount=type=cache,target=/c <<EOF\ngo build\nEOF', ['go build']],
  ['RUN bash -e <<EOF\ngo build\nEOF', ['go build']],
  ['RUN <<EOF\n#!/bin/bash\ngo build\nEOF', ['go build']],
  ['RUN <<EOF\n#!/usr/bin/env bash\ngo build\nEOF', ['go build']],
  ['RUN <<EOF\n#!/usr/bin/env python3\ngo build\nEOF', []],
  ['RUN cat <<EOF > /x\ngo build\nEOF', ['cat']],
  ['RUN python3 <<EOF\ngo build\nEOF', ['python3']],
])('%j runs %j', (text, commands) => {
  expect(read(text)).toEqual(commands);
});
