export {
  type ConfiguredSigner,
  signTarget,
  type TargetOutcome,
  type TargetSignature,
  worstOf,
} from './sign-target.ts';
export type {
  ConfirmSignature,
  Signer,
  SigningOutcome,
  SigningTarget,
} from './signer.ts';
export { type PlatformTarget, signingTargets } from './signing-targets.ts';
