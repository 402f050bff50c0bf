// The operands of x86-64 instructions: registers, memory, labels, masks. Plain data, which the encoder checks.

export type RegisterKind = 'r32' | 'r64' | 'xmm' | 'ymm' | 'zmm' | 'k' | 'tmm'
export interface Register<Kind extends RegisterKind = RegisterKind> {
  readonly kind: Kind
  readonly id: number
}
export type R32 = Register<'r32'>
export type R64 = Register<'r64'>
export type Vector = Register<'xmm' | 'ymm' | 'zmm'>
export type Mask = Register<'k'>
/** A register of AMX: 16 rows of 64 bytes. */
export type Tile = Register<'tmm'>

/** The size of memory, needed only where no register says it: in `add [m], 1`. */
export type Bits = 16 | 32 | 64 | 128 | 256 | 512

/** [base + index * scale + disp]. */
export interface Memory {
  readonly kind: 'memory'
  readonly base: R64 | null
  readonly index: R64 | null
  readonly scale: number
  readonly disp: number
  readonly bits: Bits | null
}
/** Memory at a label, or at a symbol that a linker or loader places, reached from the instruction pointer. */
export interface Rip {
  readonly kind: 'rip'
  readonly target: Label | string
  readonly disp: number
  readonly bits: Bits | null
}
/** One element of memory, in every lane. */
export interface Broadcast {
  readonly kind: 'broadcast'
  readonly memory: Memory | Rip
}
/** A destination of which only the lanes in `mask` are written; the others stay ('merge') or become 0 ('zero'). */
export interface Masked {
  readonly kind: 'masked'
  readonly operand: Register | Memory | Rip
  readonly mask: Mask
  readonly mode: 'merge' | 'zero'
}
/** A place in the code, made by `Assembler.label` and placed by `Assembler.bind`. */
export class Label {
  readonly kind = 'label'
  /** Offset in the code, once bound. */
  at: number | null = null
}

export type Operand = Register | Memory | Rip | Broadcast | Masked | Label | number | bigint

const NAMES64 = [
  ...(['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi'] as const),
  ...(['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'] as const),
] as const
const NAMES32 = [
  ...(['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const),
  ...(['r8d', 'r9d', 'r10d', 'r11d', 'r12d', 'r13d', 'r14d', 'r15d'] as const),
] as const

export const r64 = named('r64', NAMES64)
export const r32 = named('r32', NAMES32)
export const xmm = (id: number): Register<'xmm'> => ({ kind: 'xmm', id })
export const ymm = (id: number): Register<'ymm'> => ({ kind: 'ymm', id })
export const zmm = (id: number): Register<'zmm'> => ({ kind: 'zmm', id })
export const k = (id: number): Mask => ({ kind: 'k', id })
export const tmm = (id: number): Tile => ({ kind: 'tmm', id })

export interface Address {
  readonly base?: R64
  readonly index?: R64
  readonly scale?: 1 | 2 | 4 | 8
  readonly disp?: number
  readonly bits?: Bits
}
export function mem({ base, index, scale = 1, disp = 0, bits }: Address): Memory {
  return { kind: 'memory', base: base ?? null, index: index ?? null, scale, disp, bits: bits ?? null }
}
export function ripLabel(label: Label, disp = 0, bits: Bits | null = null): Rip {
  return { kind: 'rip', target: label, disp, bits }
}
export function ripSymbol(name: string, disp = 0, bits: Bits | null = null): Rip {
  return { kind: 'rip', target: name, disp, bits }
}
export function bcst(memory: Memory | Rip): Broadcast {
  return { kind: 'broadcast', memory }
}
export function masked(operand: Register | Memory | Rip, mask: Mask, mode: 'merge' | 'zero'): Masked {
  return { kind: 'masked', operand, mask, mode }
}

/** An operand as an assembler writes it, for a person to read. */
export function show(operand: Operand): string {
  if (typeof operand !== 'object' || operand === null) return String(operand)
  switch (operand.kind) {
    case 'r64':
      return NAMES64[operand.id] ?? `r64(${operand.id})`
    case 'r32':
      return NAMES32[operand.id] ?? `r32(${operand.id})`
    case 'memory':
      return `[${showAddress(operand)}]`
    case 'rip':
      return `[rip+${typeof operand.target === 'string' ? operand.target : 'label'}${signed(operand.disp)}]`
    case 'broadcast':
      return `${show(operand.memory)}{1toN}`
    case 'masked':
      return `${show(operand.operand)}{${show(operand.mask)}}${operand.mode === 'zero' ? '{z}' : ''}`
    case 'label':
      return 'a label'
    default:
      return `${operand.kind}${operand.id}`
  }
}

function showAddress({ base, index, scale, disp }: Memory): string {
  const parts = [base === null ? '' : show(base), index === null ? '' : `${show(index)}*${scale}`]
  return parts.filter((part) => part !== '').join('+') + signed(disp)
}

function signed(disp: number): string {
  return disp === 0 ? '' : disp < 0 ? String(disp) : `+${disp}`
}

function named<Kind extends 'r32' | 'r64', Name extends string>(kind: Kind, names: readonly Name[]) {
  return Object.fromEntries(names.map((name, id) => [name, { kind, id }])) as Readonly<Record<Name, Register<Kind>>>
}
