/** Puts a value where nothing that runs later can take it away: neither assignment, nor `delete`, nor a second definition. */
export function lock(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: false, configurable: false, enumerable: true });
}
