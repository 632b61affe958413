/** An application of the tenant and how it proves what it is. */
export interface EntraOptions {
  readonly tenant?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Federated credentials, of which a token has to fit one. */
  readonly federated?: readonly FederatedCredential[];
  /** Of the tokens that are issued. */
  readonly lifetimeSeconds?: number;
  /** Of the issuer's certificate, PEM. */
  readonly ca?: string;
}

export interface FederatedCredential {
  /** Exactly as tokens name it. */
  readonly issuer: string;
  /** Exactly; a flexible credential leaves it out. */
  readonly subject?: string;
  /** Of a flexible credential; `*` stands for any text. */
  readonly jobWorkflowRef?: string;
  /** `api://AzureADTokenExchange` when left out. */
  readonly audience?: string;
}
