/**
 * Trimmed, lower case, NFC. An address that becomes ASCII only by that (`\u212a`, the Kelvin sign, becomes `k`) is
 * another mailbox than the one it becomes, and is not compared.
 */
export function emailKey(email: string | null | undefined): string | undefined {
  const written = email?.trim() ?? '';
  const key = written.normalize('NFC').toLowerCase().normalize('NFC');
  if (!/^[^\s@]{1,64}@[^\s@]{1,255}$/u.test(key)) return undefined;
  return isAscii(key) === isAscii(written) ? key : undefined;
}

function isAscii(text: string): boolean {
  return /^[!-~]*$/.test(text);
}
