export { keepMounts, type MountKeeper } from './keep-mounts.ts';
export { type Mount, mountKey } from './mount.ts';
