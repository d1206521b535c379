const dots = '••••';

/**
 * Where a URL leads, for a person to read: never a password (S0.5). Of Postgres the role stays; whoever signs in to
 * MongoDB does not, and no parameter does, because parameters may hold credentials too.
 */
export function maskedUrl(text: string): string {
  const mongo =
    /^(?<scheme>mongodb(?:\+srv)?:\/\/)(?<user>[^\s/@]*@)?(?<rest>[^\s/@?#]+\/[A-Za-z0-9_-]*)/.exec(
      text,
    )?.groups;
  if (mongo) return `${mongo['scheme']}${mongo['user'] ? `${dots}@` : ''}${mongo['rest']}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) return dots;
  return `${url.protocol}//${url.username}:${dots}@${url.host}${url.pathname}`;
}
