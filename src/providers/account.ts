/** Vocabulary of all providers: whose account some credentials open, as the vendor itself says. */
export type WhoAmI =
  | { readonly kind: 'account'; readonly account: string }
  | { readonly kind: 'refused' }
  /** Nobody answered; nothing is known about the credentials. */
  | { readonly kind: 'unavailable' };

export const nobodyAnswers: WhoAmI = { kind: 'unavailable' };
