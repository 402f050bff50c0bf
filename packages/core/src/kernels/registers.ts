// How many vector registers are many.

/** Registers of machines that have huge pages, and can ask for pixels ahead of their use: those of AVX-512. */
export const MANY_REGISTERS = 32
