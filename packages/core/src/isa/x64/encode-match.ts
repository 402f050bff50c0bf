// Whether a form takes the operands that it is given, and if not, why.
import type { Form, Slot } from './encode-form.ts'
import { IMMEDIATES, immediateFits, isDisp32 } from './encode-immediate.ts'
import { Label, type Masked, type Memory, type Operand, type Register, type Rip } from './operands.ts'

/** Which operand a form does not take: with a reason where it is of the right kind, null where it is of another. */
export interface Refusal {
  readonly operand: number
  readonly reason: string | null
  readonly takes: readonly string[]
}

/** Undefined: taken. Null: an operand of another kind. */
type Verdict = string | null | undefined

/** Null if the form takes the operands at offset `here` of the code. */
export function refuses(form: Form, operands: readonly Operand[], here: number): Refusal | null {
  for (const [index, slot] of form.slots.entries()) {
    const verdict = judge(form, slot, operands[index], here)
    const reason = verdict === undefined ? judgeTwins(operands, index) : verdict
    if (reason !== undefined) return { operand: index, reason, takes: slot.words }
  }
  return null
}

function judge(form: Form, slot: Slot, operand: Operand, here: number): Verdict {
  if (typeof operand === 'number' || typeof operand === 'bigint') return judgeImmediate(slot, operand)
  if (typeof operand !== 'object' || operand === null) return null
  switch (operand.kind) {
    case 'masked':
      return judge(form, slot, operand.operand, here) === null ? null : judgeMasked(form, slot, operand, here)
    case 'broadcast':
      if (slot.memory === null) return null
      return slot.element === null ? 'nothing is broadcast from memory here' : judgeMemory(operand.memory, slot.element)
    case 'memory':
    case 'rip':
      if (slot.memory === null) return null
      return slot.words[0] === 'sib' && !hasIndex(operand)
        ? 'it has not both a base and an index'
        : judgeMemory(operand, slot.memory)
    case 'label':
      return judgeLabel(form, slot, operand, here)
    default:
      return judgeRegister(form, slot, operand)
  }
}

/** The processor refuses a tile twice in one instruction. */
function judgeTwins(operands: readonly Operand[], index: number): Verdict {
  const [operand, before] = [operands[index], operands.slice(0, index)]
  const tile = (one: Operand) => (typeof one === 'object' && one.kind === 'tmm' ? one.id : null)
  if (tile(operand) === null || !before.some((other) => tile(other) === tile(operand))) return undefined
  return 'a tile comes twice'
}

function judgeMasked(form: Form, slot: Slot, { operand, mask, mode }: Masked, here: number): Verdict {
  const isMemory = operand.kind === 'memory' || operand.kind === 'rip'
  if (!isMemory && !slot.registers.includes(operand.kind)) return null
  if (slot.mask === 'none') return 'nothing is masked here'
  if (mask?.kind !== 'k' || !isId(mask.id, 8)) return 'its mask is not one of k1 to k7'
  if (mask.id === 0) return 'k0 cannot be its mask, for it stands for no mask'
  if (mode !== 'merge' && mode !== 'zero') return `its mode is ${mode}, neither merge nor zero`
  if (mode === 'zero' && (isMemory || slot.mask === 'merge')) return 'its other lanes can be kept, but not set to zero'
  return judge(form, slot, operand, here)
}

function judgeRegister(form: Form, slot: Slot, { kind, id }: Register): Verdict {
  if (slot.words[0] === 'eax') return kind === 'r32' && id === 0 ? undefined : null
  if (slot.words[0] === 'rax') return kind === 'r64' && id === 0 ? undefined : null
  if (!slot.registers.includes(kind)) return null
  const count = kind === 'k' || kind === 'tmm' ? 8 : form.encoding === 'EVEX' && kind.endsWith('mm') ? 32 : 16
  return isId(id, count) ? undefined : `its number is not one of 0 to ${count - 1}`
}

function judgeMemory(memory: Memory | Rip, bits: number): Verdict {
  if (memory?.kind !== 'memory' && memory?.kind !== 'rip') return 'what is broadcast is not memory'
  if (!isDisp32(memory.disp)) return 'its displacement is not a whole number of 32 bits with a sign'
  if (memory.bits !== null && bits !== 0 && memory.bits !== bits) return `it has ${memory.bits} bits, and ${bits} are used`
  if (memory.kind === 'rip') {
    const known = memory.target instanceof Label || (typeof memory.target === 'string' && memory.target !== '')
    return known ? undefined : 'it has neither a label nor the name of a symbol'
  }
  const { base, index, scale } = memory
  if (base === null && index === null) return 'it has neither a base nor an index'
  if (base !== null && !isAddress(base)) return 'its base is not a general register of 64 bits'
  if (index !== null && !isAddress(index)) return 'its index is not a general register of 64 bits'
  if (index?.id === 4) return 'rsp cannot be an index'
  return [1, 2, 4, 8].includes(scale) ? undefined : `its scale is ${scale}, not 1, 2, 4 or 8`
}

function judgeImmediate(slot: Slot, value: number | bigint): Verdict {
  const [word] = slot.words
  if (!Object.hasOwn(IMMEDIATES, word)) return null
  return immediateFits(word, value) ? undefined : `it is not ${IMMEDIATES[word].about}`
}

/** A short branch only goes back: how far ahead a label will be is not known yet. */
function judgeLabel(form: Form, slot: Slot, label: Label, here: number): Verdict {
  if (slot.words[0] === 'rel32') return undefined
  if (slot.words[0] !== 'rel8') return null
  return label.at !== null && label.at - (here + form.opcode.length + 1) >= -128 ? undefined : 'it is too far for 8 bits'
}

function hasIndex(memory: Memory | Rip): boolean {
  return memory.kind === 'memory' && memory.base !== null && memory.index !== null
}

function isAddress(register: Register): boolean {
  return register?.kind === 'r64' && isId(register.id, 16)
}

function isId(id: number, count: number): boolean {
  return Number.isInteger(id) && id >= 0 && id < count
}
