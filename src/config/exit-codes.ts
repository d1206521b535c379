/** How our processes end (sysexits.h where it has a word; design.md lists them). */
export const exitCode = {
  ok: 0,
  checkFailed: 1,
  usage: 2,
  unavailable: 69,
  refused: 77,
  configuration: 78,
} as const;
