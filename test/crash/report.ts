/** Says what a run has met: a run that met nothing proves nothing. */
export function report(title: string, figures: Readonly<Record<string, number | string>>): void {
  const words = Object.entries(figures).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? Math.round(value * 10) / 10 : value}`,
  );
  console.log(`${title}: ${words.join(', ')}`);
}
