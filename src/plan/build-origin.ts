/** Who asks for a build: whoever runs the program, or a caller whose token was verified and fits the request. */
export type BuildOrigin =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'remote';
      /** Whether the ref of the event is protected, where the token says so. */
      readonly protectedRef?: boolean | undefined;
    };
