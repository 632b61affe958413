import { randomBytes } from 'node:crypto';

/**
 * A bcrypt hash (`$2b$`) for an htpasswd file: docker-registry accepts no other scheme and Node has none.
 * For the passwords of tests only.
 */
export function bcrypt(password: string, salt: Buffer = randomBytes(16), cost = 4): string {
  const key = Buffer.from(`${password}\0`).subarray(0, 72);
  const blowfish = newBlowfish();
  expand(blowfish, key, salt);
  for (let round = 0; round < 2 ** cost; round++) {
    expand(blowfish, key);
    expand(blowfish, salt);
  }
  const text = Buffer.from('OrpheanBeholderScryDoubt');
  const words = Uint32Array.from({ length: 6 }, (_, i) => text.readUInt32BE(i * 4));
  for (let block = 0; block < 6; block += 2) {
    for (let times = 0; times < 64; times++) encipher(blowfish, words, block);
  }
  const hash = Buffer.alloc(24);
  words.forEach((word, i) => {
    hash.writeUInt32BE(word, i * 4);
  });
  return `$2b$${String(cost).padStart(2, '0')}$${encode(salt)}${encode(hash.subarray(0, 23))}`;
}

interface Blowfish {
  /** 18 round keys, then 4 boxes of 256 words. */
  readonly words: Uint32Array;
}

const roundKeys = 18;
const wordCount = roundKeys + 4 * 256;

/** Blowfish begins with the fraction of pi, here computed by Machin's formula instead of copied as a table. */
function newBlowfish(): Blowfish {
  const guard = 64n;
  const bits = BigInt(wordCount * 32) + guard;
  const one = 1n << bits;
  const pi = 16n * arctanInverse(5n, one) - 4n * arctanInverse(239n, one);
  const hex = ((pi - 3n * one) >> guard).toString(16).padStart(wordCount * 8, '0');
  return {
    words: Uint32Array.from({ length: wordCount }, (_, i) =>
      Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16),
    ),
  };
}

function arctanInverse(x: bigint, one: bigint): bigint {
  let sum = 0n;
  let power = one / x;
  for (let n = 1n; power !== 0n; n += 2n) {
    sum += n % 4n === 1n ? power / n : -(power / n);
    power /= x * x;
  }
  return sum;
}

function expand({ words }: Blowfish, key: Buffer, salt?: Buffer): void {
  for (let i = 0; i < roundKeys; i++) words[i] = at(words, i) ^ cyclicWord(key, i);
  const block = new Uint32Array(2);
  for (let i = 0; i < wordCount; i += 2) {
    if (salt) {
      block[0] = at(block, 0) ^ cyclicWord(salt, i);
      block[1] = at(block, 1) ^ cyclicWord(salt, i + 1);
    }
    encipher({ words }, block, 0);
    words.set(block, i);
  }
}

function encipher({ words }: Blowfish, block: Uint32Array, offset: number): void {
  let left = at(block, offset) ^ at(words, 0);
  let right = at(block, offset + 1);
  for (let round = 1; round <= 16; round += 2) {
    right ^= mix(words, left) ^ at(words, round);
    left ^= mix(words, right) ^ at(words, round + 1);
  }
  block[offset] = right ^ at(words, 17);
  block[offset + 1] = left;
}

function mix(words: Uint32Array, x: number): number {
  const box = (index: number, byte: number) => at(words, roundKeys + index * 256 + (byte & 255));
  return (((box(0, x >>> 24) + box(1, x >>> 16)) ^ box(2, x >>> 8)) + box(3, x)) | 0;
}

function cyclicWord(bytes: Buffer, index: number): number {
  let word = 0;
  for (let i = 0; i < 4; i++) word = (word << 8) | at(bytes, (index * 4 + i) % bytes.length);
  return word;
}

function at(values: Uint32Array | Buffer, index: number): number {
  return values[index] ?? 0;
}

const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function encode(bytes: Buffer): string {
  const base64 = bytes.toString('base64').replaceAll('=', '');
  return base64.replace(/./g, (character) => alphabet.charAt(standard.indexOf(character)));
}
