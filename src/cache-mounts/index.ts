export type { Ahead } from './ahead.ts';
export { keepMounts, type MountKeeper } from './keep-mounts.ts';
export { type Mount, mountKey } from './mount.ts';
