import 'reflect-metadata';

/** The one door to the library, which cannot be loaded before the metadata API that it registers itself with. */
export {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509Certificate,
} from '@peculiar/x509';
