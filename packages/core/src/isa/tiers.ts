// The tiers: which vector machine code is emitted for, fastest last.
import type { KernelFunction, MachineTraits } from './machine.ts'
import { emitWasm } from './wasm/machine.ts'

export const TIER_NAMES = ['scalar', 'simd128', 'relaxed', 'paired', 'avx2', 'avx512', 'amx'] as const
export type TierName = (typeof TIER_NAMES)[number]

export interface Tier {
  readonly name: TierName
  /** What runs it: this language, WebAssembly, or the processor itself, which needs an engine that can load code. */
  readonly kind: 'script' | 'wasm' | 'native'
  readonly traits: MachineTraits
  /** In a sentence, what the tier is. */
  readonly about: string
}

// Of its 16 vector registers on x86-64, V8 keeps one for itself.
const V8_REGISTERS = 15

export const TIERS: Readonly<Record<TierName, Tier>> = {
  scalar: {
    name: 'scalar',
    kind: 'script',
    traits: { lanes: 1, registers: 16, fused: false, masks: false, matrix: false, prefetches: false },
    about: 'plain TypeScript',
  },
  simd128: {
    name: 'simd128',
    kind: 'wasm',
    traits: { lanes: 4, registers: V8_REGISTERS, fused: false, masks: false, matrix: false, prefetches: false },
    about: 'WebAssembly vectors of 128 bits, multiply then add',
  },
  relaxed: {
    name: 'relaxed',
    kind: 'wasm',
    traits: { lanes: 4, registers: V8_REGISTERS, fused: true, masks: false, matrix: false, prefetches: false },
    about: 'WebAssembly vectors of 128 bits, fused multiply-add',
  },
  paired: {
    name: 'paired',
    kind: 'wasm',
    traits: { lanes: 8, registers: V8_REGISTERS, fused: true, masks: false, matrix: false, prefetches: false },
    about: 'WebAssembly vectors that V8 joins in pairs to 256 bits, fused multiply-add',
  },
  avx2: {
    name: 'avx2',
    kind: 'native',
    traits: { lanes: 8, registers: 16, fused: true, masks: false, matrix: false, prefetches: true },
    about: 'x86-64 machine code, vectors of 256 bits, fused multiply-add',
  },
  avx512: {
    name: 'avx512',
    kind: 'native',
    traits: { lanes: 16, registers: 32, fused: true, masks: true, matrix: false, prefetches: true },
    about: 'x86-64 machine code, vectors of 512 bits, fused multiply-add',
  },
  amx: {
    name: 'amx',
    kind: 'native',
    traits: { lanes: 16, registers: 32, fused: true, masks: true, matrix: true, prefetches: true },
    about: 'x86-64 machine code, vectors of 512 bits, and a matrix unit, which multiplies numbers as two halves of 8 bits each',
  },
}

/** The tiers that need nothing but a JavaScript engine. */
export const PORTABLE_TIERS = TIER_NAMES.filter((name) => TIERS[name].kind !== 'native')

/** Emits a kernel function as a WebAssembly module that imports `env.memory`, shared or not. */
export function emitFor(tier: Tier, kernel: KernelFunction, shared: boolean): Uint8Array<ArrayBuffer> {
  return emitWasm(kernel, tier.traits, shared)
}
