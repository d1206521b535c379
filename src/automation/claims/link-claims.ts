/** URLs, bare domains and e-mail addresses, in whatever form a telephone would make a link of. */
import { claimsOf, type Claim, type ReadText } from './claim.js';

const url = /(?<![\p{L}\p{N}])(?:[a-z][a-z0-9+.-]{1,15}:\/\/|(?:mailto|tel|sms):)[^\s<>"]{1,2048}/giu;
const label = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?`;
const domain = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:${label}\.){1,8}(?:\p{L}{2,24}|xn--[a-z0-9-]{1,59})(?![\p{L}\p{N}])(?::\d{1,5})?(?:[/?#][^\s<>"]{0,2048})?`,
  'giu',
);
const address = /(?<!\d)(?:\d{1,3}\.){3}\d{1,3}(?!\d)(?::\d{1,5})?(?:[/?#][^\s<>"]{0,2048})?/gu;
/** Written around: `example (dot) com`. */
const disguised = /[\p{L}\p{N}-]{1,63}\s?[([]\s?(?:\.|dot|punkt|punto|point|punt)\s?[)\]]\s?\p{L}{2,24}/giu;
const email = /[^\s@<>()[\]"',;:]{1,64}\s?(?:@|[([]\s?(?:@|at)\s?[)\]])\s?[\p{L}\p{N}.-]{1,255}/giu;

export function linkClaims({ plain }: ReadText): readonly Claim[] {
  return [
    ...claimsOf('url', plain, url, ([written]) => linkKey(written)),
    ...claimsOf('domain', plain, domain, ([written]) => linkKey(written)),
    ...claimsOf('domain', plain, address, ([written]) => linkKey(written)),
    ...claimsOf('domain', plain, disguised, ([written]) => `disguised ${written}`),
    ...claimsOf('email', plain, email, ([written]) => emailKey(written)),
  ];
}

/**
 * What a browser would open, `https` where nothing is said. Sentences end right behind a link: a last `.` or `)` is
 * not of it. What is no URL keeps its words, which no fact has.
 */
export function linkKey(written: string): string {
  const trimmed = written.replace(/[.,;:!?)\]}'*_»”’]{1,20}$/u, '');
  const whole =
    /^[a-z][a-z0-9+.-]*:/i.test(trimmed) && !/^[^/]*:\d/.test(trimmed) ? trimmed : `https://${trimmed}`;
  return URL.canParse(whole) ? new URL(whole).href.replace(/\/$/, '') : trimmed;
}

function emailKey(written: string): string {
  return written
    .toLowerCase()
    .replaceAll(/\s/g, '')
    .replace(/[.-]+$/, '');
}
