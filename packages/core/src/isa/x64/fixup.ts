// What machine code leaves for a linker or loader to fill in.

/** 32 bits at `at` that are to hold the address of `name` plus `addend`, less the address of these bits themselves. */
export interface Fixup {
  readonly at: number
  readonly name: string
  readonly addend: number
}
