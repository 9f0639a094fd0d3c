/** Where a secret stands; it is read when something is sent, and never kept, shown or logged. */
export type SecretRef =
  /** Absolute. */
  { readonly from: 'file'; readonly path: string } | { readonly from: 'env'; readonly name: string };
