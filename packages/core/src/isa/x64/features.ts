// What an x86-64 processor and its operating system allow, from CPUID and XGETBV.

/** Reads CPUID: register 0..3 is eax, ebx, ecx, edx. */
export interface Processor {
  cpuid(leaf: number, subleaf: number, register: number): number
  /** XCR0, low half; only where CPUID says OSXSAVE. */
  xgetbv(): number
}

export interface Features {
  readonly avx2: boolean
  readonly avx512: boolean
  /** Why the missing ones are missing; empty where none is. */
  readonly missing: string
}

const [EBX, ECX] = [1, 2]
const bit = (value: number, index: number): boolean => ((value >>> index) & 1) === 1
/** State that the operating system saves: vectors of 128 and 256 bits; masks and vectors of 512. */
const [YMM_STATE, ZMM_STATE] = [0x06, 0xe6]

/** Intel SDM volume 1, 14.3 and 15.2: a feature counts only where its registers are saved at a switch of threads. */
export function featuresOf(processor: Processor): Features {
  const basic = processor.cpuid(1, 0, ECX)
  if (!bit(basic, 27)) return { avx2: false, avx512: false, missing: 'the operating system does not save vector registers' }
  const saved = processor.xgetbv()
  const extended = processor.cpuid(0, 0, 0) >= 7 ? processor.cpuid(7, 0, EBX) : 0
  const hasAvx2 = bit(basic, 28) && bit(basic, 12) && bit(extended, 5)
  const hasAvx512 = [16, 17, 30, 31].every((index) => bit(extended, index))
  const avx2 = hasAvx2 && (saved & YMM_STATE) === YMM_STATE
  const avx512 = avx2 && hasAvx512 && (saved & ZMM_STATE) === ZMM_STATE
  const missing = [
    hasAvx2 ? '' : 'the processor has no AVX2 with FMA',
    hasAvx2 && !avx2 ? 'the operating system does not save registers of 256 bits' : '',
    hasAvx512 ? '' : 'the processor has no AVX-512 (F, DQ, BW, VL)',
    hasAvx512 && !avx512 ? 'the operating system does not save registers of 512 bits' : '',
  ]
  return { avx2, avx512, missing: missing.filter((reason) => reason !== '').join('; ') }
}
