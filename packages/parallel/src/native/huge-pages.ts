// Huge pages for an arena: weights of megabytes are read in one go, and the processor knows few small pages at a time.
import type { Addon } from './addon.ts'

/**
 * Asks the system for them, for all that the memory may grow to. Where it says no (seccomp, a kernel without them) the pages stay
 * small, and everything runs as before: so its answer is not looked at.
 */
export function useHugePages(addon: Addon, memory: WebAssembly.Memory, most: number): void {
  addon.enlarge(addon.address(new Uint8Array(memory.buffer)), most)
}
