export { keepMounts, type MountKeeper } from './keep-mounts.ts';
export { type Mount, mountKey } from './mount.ts';
export type { Ahead } from './run-transfer.ts';
