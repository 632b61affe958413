import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFailure } from '../core/index.ts';
import { resolveBuildArgs } from './build-args.ts';
import { parseBuildSecret } from './build-secret.ts';
import { checkoutPath } from './checkout-path.ts';

describe('build args', () => {
  const resolve = (...requested: string[]) =>
    resolveBuildArgs({
      requested,
      environment: { FROM_ENV: 'there', EMPTY: '' },
      fixed: [['BUILD_COMMIT_SHA', 'abc']],
    });

  test.each([
    ['A=b', 'A', 'b'],
    ['A=', 'A', ''],
    ['LDFLAGS=-X main.version=1.2 -s', 'LDFLAGS', '-X main.version=1.2 -s'],
    ['LIST=a,b,c', 'LIST', 'a,b,c'],
    ['Q="quoted" \'both\'', 'Q', '"quoted" \'both\''],
    ['LINES=one\ntwo', 'LINES', 'one\ntwo'],
    ['DOLLAR=$(id)`id`', 'DOLLAR', '$(id)`id`'],
    ['FROM_ENV', 'FROM_ENV', 'there'],
    ['EMPTY', 'EMPTY', ''],
  ])('%j is %s', (text, name, value) => {
    expect(resolve(text)).toEqual([
      ['BUILD_COMMIT_SHA', 'abc'],
      [name, value],
    ]);
  });

  test.each([
    ['UNSET', 'build argument "UNSET" has no value and the environment has none'],
    ['=x', 'build argument "" has no valid name'],
    ['A B=x', 'build argument "A B" has no valid name'],
    ['-f=x', 'build argument "-f" has no valid name'],
    ['BUILD_COMMIT_SHA=other', 'build argument "BUILD_COMMIT_SHA" is set by image-builder'],
    ['A=x\0y', 'build argument "A" holds a zero byte'],
  ])('%j is refused', (text, message) => {
    expect(() => resolve(text)).toThrow(expect.objectContaining({ code: 'request.invalid', message }));
  });

  test('one name with two values is refused, said twice it is fine', () => {
    expect(resolve('A=1', 'A=1')).toHaveLength(2);
    expect(() => resolve('A=1', 'A=2')).toThrow('build argument "A" is given twice with different values');
  });

  test('any value survives', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0')),
        (value) => {
          expect(resolve(`A=${value}`)[1]).toEqual(['A', value]);
        },
      ),
    );
  });
});

describe('paths in the checkout', () => {
  test.each([
    ['./Dockerfile', 'Dockerfile'],
    ['images/ginkgo/Dockerfile', 'images/ginkgo/Dockerfile'],
    ['.', '.'],
    ['./', '.'],
    ['a/../b', 'b'],
    ['a/./b//c/', 'a/b/c'],
    ['..a', '..a'],
    ['a/..', '.'],
  ])('%s is %s', (text, path) => expect(checkoutPath(text, 'context')).toBe(path));

  test.each([
    ['', 'context is empty'],
    ['..', 'context ".." leads out of the checkout'],
    ['a/../../b', 'context "a/../../b" leads out of the checkout'],
    ['/etc', 'context "/etc" is an absolute path'],
    ['\\\\server\\share', 'context "\\\\server\\share" is an absolute path'],
    ['C:\\x', 'context "C:\\x" is an absolute path'],
    [
      'https://github.com/o/r.git',
      'context "https://github.com/o/r.git" is a URL; only folders of the checkout can be built',
    ],
    [
      'docker-image://alpine',
      'context "docker-image://alpine" is a URL; only folders of the checkout can be built',
    ],
    ['a\0b', 'context "a\0b" holds a control character'],
    ['a\nb', 'context "a\nb" holds a control character'],
  ])('%j is refused', (text, message) => {
    expect(() => checkoutPath(text, 'context')).toThrow(
      expect.objectContaining({ code: 'request.invalid', message }),
    );
  });

  test('no path that is accepted leaves the checkout', () => {
    const piece = fc.constantFrom('..', '.', 'a', '', 'b c', '...', '\\');
    fc.assert(
      fc.property(
        fc.array(piece).map((parts) => parts.join('/')),
        (text) => {
          try {
            const path = checkoutPath(text, 'context');
            expect(path === '..' || path.startsWith('../') || path.startsWith('/')).toBe(false);
          } catch (error) {
            if (!isFailure(error, 'request.invalid')) throw error;
          }
        },
      ),
    );
  });
});

describe('build secrets', () => {
  test.each([
    ['id=token,env=TOKEN', { id: 'token', kind: 'environment', variable: 'TOKEN' }],
    ['env=TOKEN,id=token', { id: 'token', kind: 'environment', variable: 'TOKEN' }],
    ['id=TOKEN', { id: 'TOKEN', kind: 'environment', variable: 'TOKEN' }],
    ['id=npmrc,src=.npmrc', { id: 'npmrc', kind: 'file', path: '.npmrc' }],
    ['id=npmrc,source=/run/x', { id: 'npmrc', kind: 'file', path: '/run/x' }],
    ['type=file,id=x,src=a', { id: 'x', kind: 'file', path: 'a' }],
  ])('%s', (text, secret) => expect(parseBuildSecret(text)).toEqual(secret));

  test.each([
    ['env=TOKEN', 'a build secret has no id'],
    ['id=,env=X', 'a build secret has no id'],
    ['id=x,env=A,src=b', 'build secret "x" is not understood'],
    ['id=x,value=hunter2', 'build secret "x" is not understood'],
    ['id=x,hunter2', 'build secret "x" is not understood'],
    ['id=x,id=y', 'build secret "x" is not understood'],
  ])('%s is refused without repeating it', (text, message) => {
    expect(() => parseBuildSecret(text)).toThrow(
      expect.objectContaining({ code: 'request.invalid', message }),
    );
    expect(() => parseBuildSecret(text)).not.toThrow('hunter2');
  });
});
