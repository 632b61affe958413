export { keepMounts, type MountKeeper } from './keep-mounts.ts';
export { mountKey } from './mount.ts';
