// Argument blocks: tables that give each argument of a function the index of its 32-bit word.

/** The words of a block with these. */
export function wordsOf(table: Readonly<Record<string, number>>): number {
  return 1 + Math.max(...Object.values(table))
}
