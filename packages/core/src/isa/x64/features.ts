// What an x86-64 processor and its operating system allow, from CPUID and XGETBV.

/** Reads CPUID: register 0..3 is eax, ebx, ecx, edx. */
export interface Processor {
  cpuid(leaf: number, subleaf: number, register: number): number
  /** XCR0, low half; only where CPUID says OSXSAVE. */
  xgetbv(): number
  /** Asks the operating system for leave to use the state of tiles; 0, or -errno. */
  permitTiles(): number
}

export interface Features {
  readonly avx2: boolean
  readonly avx512: boolean
  readonly amx: boolean
  /** Why the missing ones are missing; empty where none is. */
  readonly missing: string
}

const [EBX, ECX, EDX] = [1, 2, 3]
const bit = (value: number, index: number): boolean => ((value >>> index) & 1) === 1
/** State that the operating system saves: vectors of 128 and 256 bits; masks and vectors of 512; tiles. */
const [YMM_STATE, ZMM_STATE, TILE_STATE] = [0x06, 0xe6, 0x60000]

/**
 * Intel SDM volume 1, 14.3, 15.2 and 18.3: a feature counts only where its registers are saved at a switch of threads, tiles only
 * where the system gives leave besides (Linux, arch_prctl).
 */
export function featuresOf(processor: Processor): Features {
  const basic = processor.cpuid(1, 0, ECX)
  if (!bit(basic, 27))
    return { avx2: false, avx512: false, amx: false, missing: 'the operating system does not save vector registers' }
  const saved = processor.xgetbv()
  const extended = processor.cpuid(0, 0, 0) >= 7 ? processor.cpuid(7, 0, EBX) : 0
  const hasAvx2 = bit(basic, 28) && bit(basic, 12) && bit(extended, 5)
  const hasAvx512 = [16, 17, 30, 31].every((index) => bit(extended, index))
  const avx2 = hasAvx2 && (saved & YMM_STATE) === YMM_STATE
  const avx512 = avx2 && hasAvx512 && (saved & ZMM_STATE) === ZMM_STATE
  const tiles = extended === 0 ? 0 : processor.cpuid(7, 0, EDX)
  const hasAmx = bit(tiles, 22) && bit(tiles, 24)
  const savesTiles = (saved & TILE_STATE) === TILE_STATE
  const leave = avx512 && hasAmx && savesTiles ? processor.permitTiles() : null
  const amx = leave === 0
  const missing = [
    hasAvx2 ? '' : 'the processor has no AVX2 with FMA',
    hasAvx2 && !avx2 ? 'the operating system does not save registers of 256 bits' : '',
    hasAvx512 ? '' : 'the processor has no AVX-512 (F, DQ, BW, VL)',
    hasAvx512 && !avx512 ? 'the operating system does not save registers of 512 bits' : '',
    hasAmx ? '' : 'the processor has no AMX for bfloat16',
    hasAmx && !savesTiles ? 'the operating system does not save tiles' : '',
    leave !== null && leave !== 0 ? `the operating system gives no leave to use tiles (errno ${-leave})` : '',
  ]
  return { avx2, avx512, amx, missing: missing.filter((reason) => reason !== '').join('; ') }
}
