/** Vocabulary of all providers: whose account some credentials open, as the vendor itself says. */
export type WhoAmI =
  | { readonly outcome: 'account'; readonly account: string }
  | { readonly outcome: 'refused' }
  /** Nobody answered; nothing is known about the credentials. */
  | { readonly outcome: 'unavailable' };

export const nobodyAnswers: WhoAmI = { outcome: 'unavailable' };
