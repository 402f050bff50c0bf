// What a form makes of operands that it takes: the bytes of the instruction.
import { addressBytes, modrm, RIP } from './encode-address.ts'
import type { Form } from './encode-form.ts'
import { immediateBytes, littleEndian } from './encode-immediate.ts'
import { type Carried, prefixBytes } from './encode-prefix.ts'
import type { Label, Memory, Operand, Register, Rip } from './operands.ts'

/** A distance that is not known yet: from the end of the instruction to `target` + `disp`. */
export interface Link {
  /** Where it goes, from the start of the instruction. */
  readonly at: number
  readonly bytes: number
  readonly target: Label | string
  readonly disp: number
}
export interface Encoded {
  readonly bytes: readonly number[]
  readonly link: Link | null
}

/** Operands by where they go, their masks and broadcasts noted and taken off. */
interface Placed {
  reg: number
  vvvv: number
  rm: Register | Memory | Rip | null
  inOpcode: number
  immediate: readonly number[]
  branch: Label | null
  mask: number
  zeroing: boolean
  /** Bytes of the element that is broadcast; 0: none is. */
  element: number
}

export function encodeForm(form: Form, operands: readonly Operand[]): Encoded {
  const { reg, vvvv, rm, inOpcode, immediate, branch, mask, zeroing, element } = place(form, operands)
  const isAddress = rm?.kind === 'memory'
  const carried: Carried = {
    reg,
    vvvv,
    rm: rm === null ? inOpcode : isAddress ? (rm.base?.id ?? 0) : rm.kind === 'rip' ? 0 : rm.id,
    index: isAddress ? (rm.index?.id ?? 0) : 0,
    mask,
    zeroing,
    broadcast: element > 0,
  }
  const head = [...prefixBytes(form, carried), ...form.opcode]
  head[head.length - 1] += inOpcode & 7
  if (branch !== null) {
    const bytes = form.slots[0].words[0] === 'rel8' ? 1 : 4
    return { bytes: [...head, ...littleEndian(0, bytes)], link: { at: head.length, bytes, target: branch, disp: 0 } }
  }
  if (rm === null) return { bytes: [...head, ...immediate], link: null }
  if (rm.kind === 'rip') {
    const bytes = [...head, modrm(0, reg, RIP), ...littleEndian(0, 4), ...immediate]
    return { bytes, link: { at: head.length + 1, bytes: 4, target: rm.target, disp: rm.disp } }
  }
  const where = isAddress ? addressBytes(rm, reg, element > 0 ? element : form.step) : [modrm(3, reg, carried.rm)]
  return { bytes: [...head, ...where, ...immediate], link: null }
}

function place(form: Form, operands: readonly Operand[]): Placed {
  const placed: Placed = {
    reg: form.digit,
    vvvv: 0,
    rm: null,
    inOpcode: 0,
    immediate: [],
    branch: null,
    mask: 0,
    zeroing: false,
    element: 0,
  }
  form.places.forEach((goes, index) => {
    const slot = form.slots[index]
    let operand = operands[index]
    if (typeof operand === 'object' && operand.kind === 'masked') {
      placed.mask = operand.mask.id
      placed.zeroing = operand.mode === 'zero'
      operand = operand.operand
    }
    if (typeof operand === 'object' && operand.kind === 'broadcast') {
      placed.element = (slot.element ?? 0) / 8
      operand = operand.memory
    }
    if (goes === 'R') placed.reg = (operand as Register).id
    if (goes === 'V') placed.vvvv = (operand as Register).id
    if (goes === 'O') placed.inOpcode = (operand as Register).id
    if (goes === 'M') placed.rm = operand as Register | Memory | Rip
    if (goes === 'I') placed.immediate = immediateBytes(slot.words[0], operand as number | bigint)
    if (goes === 'D') placed.branch = operand as Label
  })
  return placed
}
