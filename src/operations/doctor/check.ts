/** One thing the doctor looked at: what, where, what was found, and how to mend it when that is wrong. */
export interface DoctorCheck {
  readonly what: string;
  readonly where: string;
  readonly ok: boolean;
  readonly found: string;
  /** Of what is wrong. */
  readonly mend?: string;
}

export function right(what: string, where: string, found: string): DoctorCheck {
  return { what, where, ok: true, found };
}

export function wrong(what: string, where: string, found: string, mend: string): DoctorCheck {
  return { what, where, ok: false, found, mend };
}

/** What is right in one place takes one line; what is wrong has its own, with the mend. */
export function linesOf(checks: readonly DoctorCheck[]): string[] {
  const lines: string[] = [];
  let last: DoctorCheck | undefined;
  for (const check of checks) {
    const { what, where, ok, found, mend } = check;
    if (ok && last?.ok && last.where === where) lines.push(`${lines.pop()}, ${found}`);
    else
      lines.push(
        `${ok ? 'ok   ' : 'WRONG'}  ${what.padEnd(13)} ${where}: ${found}${mend ? `. Mend: ${mend}` : ''}`,
      );
    last = check;
  }
  return lines;
}

/** A driver's message may hold anything, an address with its password too; its code does not. */
export function errorWord(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  const word = [code, name].find((each) => typeof each === 'string' && /^\w{1,40}$/.test(each));
  return typeof word === 'string' ? word : 'an error';
}
