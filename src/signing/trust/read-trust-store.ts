import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BasicConstraintsExtension, X509Certificate } from '@peculiar/x509';
import { reasonOf } from '../../core/index.ts';
import { isIssuedBy } from '../certificates/issued-by.ts';
import { parseCertificate, parseCertificates } from '../certificates/parse-certificate.ts';
import { subjectOf } from '../certificates/subject.ts';
import type { StoreType } from './read-policies.ts';

const basicConstraintsIdentifier = '2.5.29.19';

export interface TrustStoreFolder {
  readonly type: StoreType;
  readonly folder: string;
}

/** What a store holds, and why it cannot be trusted as it is. */
export interface TrustStoreContent {
  readonly certificates: readonly X509Certificate[];
  readonly faults: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Reads every file of a named trust store, as notation does: PEM or DER, no links, no folders. A store that cannot be
 * read whole is a fault, whatever else it holds: nobody trusts half a store.
 */
export async function readTrustStore(store: TrustStoreFolder): Promise<TrustStoreContent> {
  const { folder } = store;
  try {
    const content = await readFiles(store, await listFiles(folder));
    if (content.certificates.length > 0 || content.faults.length > 0) return content;
    throw new Error('the trust store is empty');
  } catch (error) {
    return { certificates: [], faults: [{ path: folder, reason: reasonOf(error) }] };
  }
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const status = await lstat(folder).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT' ? new Error('the trust store does not exist', { cause }) : cause;
  });
  if (!status.isDirectory()) throw new Error('a trust store must be a folder, not a link or a file');
  return (await readdir(folder)).toSorted();
}

async function readFiles(
  { type, folder }: TrustStoreFolder,
  names: readonly string[],
): Promise<TrustStoreContent> {
  const reads = names.map(async (name) => {
    const path = join(folder, name);
    try {
      return { certificates: await readCertificates(path, type), faults: [] };
    } catch (error) {
      return { certificates: [], faults: [{ path, reason: reasonOf(error) }] };
    }
  });
  const all = await Promise.all(reads);
  return {
    certificates: all.flatMap(({ certificates }) => certificates),
    faults: all.flatMap(({ faults }) => faults),
  };
}

async function readCertificates(path: string, type: StoreType): Promise<readonly X509Certificate[]> {
  if (!(await lstat(path)).isFile())
    throw new Error('a trust store holds files only, no links and no folders');
  const certificates = parseFile(await readFile(path));
  for (const certificate of certificates) {
    const selfSigned = isIssuedBy(certificate, certificate);
    const authority = isAuthority(certificate);
    if (type === 'tsa' && !(selfSigned && authority))
      throw new Error(`certificate ${subjectOf(certificate)} is not the root of timestamping authorities`);
    if (!selfSigned && !authority)
      throw new Error(`certificate ${subjectOf(certificate)} is neither an authority nor self-signed`);
  }
  return certificates;
}

function parseFile(bytes: Buffer): readonly X509Certificate[] {
  const text = bytes.toString('latin1');
  const labels = [...text.matchAll(/-----BEGIN ([^-]*)-----/g)].map(([, label]) => label);
  if (labels.length === 0) return [parseDer(bytes)];
  const other = labels.find((label) => label !== 'CERTIFICATE');
  if (other !== undefined) throw new Error(`has a "${other}", expected certificates only`);
  const certificates = parseCertificates(text);
  if (certificates.length !== labels.length) throw new Error('has a certificate that is cut off');
  return certificates;
}

function parseDer(bytes: Buffer): X509Certificate {
  try {
    return parseCertificate(bytes);
  } catch (cause) {
    throw new Error('is no certificate in PEM or DER', { cause });
  }
}

function isAuthority(certificate: X509Certificate): boolean {
  return certificate.getExtension<BasicConstraintsExtension>(basicConstraintsIdentifier)?.ca === true;
}
