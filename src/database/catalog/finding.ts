/** One difference between the live database and the code: where, and what is wrong with it. */
export interface Finding {
  readonly object: string;
  readonly problem: string;
}

/** What is there and not declared, and what is declared and not there. */
export function differences(
  actual: Iterable<string>,
  declared: Iterable<string>,
  problems: { readonly undeclared: string; readonly missing: string },
): Finding[] {
  const [is, should] = [new Set(actual), new Set(declared)];
  return [
    ...[...is.difference(should)].map((object) => ({ object, problem: problems.undeclared })),
    ...[...should.difference(is)].map((object) => ({ object, problem: problems.missing })),
  ];
}
