import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { X509Certificate } from '@peculiar/x509';
import { issue } from '../../fakes/signing/certificates.ts';
import { type Notation, pemOf } from '../judges.ts';
import { expired, type Scene } from './scene.ts';

/** Writes the trust stores that situations name, good ones and others. */
export async function writeTrustStores({ directory, write }: Notation, scene: Scene): Promise<void> {
  const { own, stranger, self, tsa } = scene;
  const root = own.root.certificate;
  const stores = join(directory, 'truststore/x509');
  const file = (path: string, content: string | Uint8Array) => write(join('truststore/x509', path), content);
  const pem = (path: string, ...certificates: readonly X509Certificate[]) => file(path, pemOf(certificates));

  const rootFile = pem('ca/own/root.pem', root);
  pem('ca/stranger/root.crt', stranger.root.certificate);
  pem('ca/self/leaf.pem', self.leaf.certificate);
  pem('ca/both/roots.pem', stranger.root.certificate, root);
  file('ca/der/root.cer', new Uint8Array(root.rawData));
  file('ca/with-text/root.pem', `ours:\n${pemOf([root])}\nthat was it\n`);
  pem('ca/intermediate/intermediate.pem', own.intermediate.certificate);
  pem('ca/leaf/leaf.pem', own.leaf.certificate);
  pem('signingAuthority/own/root.pem', root);
  pem('tsa/own/root.pem', tsa.root.certificate);
  pem('tsa/intermediate/intermediate.pem', own.intermediate.certificate);
  pem('tsa/leaf/leaf.pem', tsa.leaf.certificate);

  const authority = await issue({ ...expired, role: 'authority' });
  const beside = {
    'with-expired/old.pem': pemOf([authority.certificate]),
    'with-leaf/leaf.pem': pemOf([own.leaf.certificate]),
    'with-folder/more/root.pem': pemOf([root]),
    'with-readme/README': 'hello',
    'with-nothing/nothing.pem': '',
    'with-key/key.pem': String(own.root.privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
  for (const [path, content] of Object.entries(beside)) {
    pem(join('ca', path.split('/')[0] ?? '', 'root.pem'), root);
    file(join('ca', path), content);
  }
  for (const empty of ['ca/empty', 'tsa/empty', 'ca/with-link']) mkdirSync(join(stores, empty));
  symlinkSync(rootFile, join(stores, 'ca/with-link/root.pem'));
  symlinkSync(join(stores, 'ca/own'), join(stores, 'ca/link'));
}
