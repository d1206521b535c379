/**
 * Postgres' binary form of a one-dimensional array without NULLs, as `array_recv` reads it (PostgreSQL source,
 * src/backend/utils/adt/arrayfuncs.c): the bytes of large elements travel as they are. Written as text, each byte of a
 * `bytea` would be two characters and two escapes.
 *
 * @param elementType OID of the elements, whose own binary form `elements` have
 */
export function binaryArray(elementType: number, elements: readonly Buffer[]): Buffer {
  const size = elements.reduce((sum, { length }) => sum + 4 + length, header);
  const array = Buffer.allocUnsafe(size);
  // Dimensions, no NULLs, type of the elements; of the one dimension: length and lower bound.
  [1, 0, elementType, elements.length, 1].forEach((field, index) => array.writeInt32BE(field, index * 4));
  let at = header;
  for (const element of elements) {
    at = array.writeInt32BE(element.length, at);
    at += element.copy(array, at);
  }
  return array;
}

const header = 5 * 4;
