import type { CheckedRequest } from '../identity/index.ts';

/** Who asks for a build: whoever runs the program, or a caller whose token was verified and fits the request. */
export type BuildOrigin =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'remote';
      /** Only verifying a token makes one, so that nothing is planned for somebody who was not identified. */
      readonly checked: CheckedRequest;
      /** Whether the ref of the event is protected, where the token says so. */
      readonly protectedRef?: boolean | undefined;
    };
