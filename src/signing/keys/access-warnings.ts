const accessibleToOthers = 0o077;

/** Says of a private key's file, by its mode, that others can read it; mounted secrets often are like that. */
export function accessWarnings(path: string, mode: number): readonly string[] {
  if ((mode & accessibleToOthers) === 0) return [];
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return [`key file "${path}" can be read by other users (mode ${octal}): set it to 0600`];
}
