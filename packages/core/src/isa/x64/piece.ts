// A kernel placed in executable pages: what lies before its code.

/** Bytes before the code of a placed kernel: the address of its arena, then nothing up to a cache line. */
export const PIECE_HEADER = 64
