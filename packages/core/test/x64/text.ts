// Instructions as GNU as reads them, in Intel's syntax.
import type { Form } from '../../src/isa/x64/encode-form.ts'
import { type Memory, type Operand, type Rip, show } from '../../src/isa/x64/operands.ts'

const SIZES: Readonly<Record<number, string>> = {
  0: '',
  8: 'BYTE PTR ',
  16: 'WORD PTR ',
  32: 'DWORD PTR ',
  64: 'QWORD PTR ',
  128: 'XMMWORD PTR ',
  256: 'YMMWORD PTR ',
  512: 'ZMMWORD PTR ',
}

export function textOf(form: Form, operands: readonly Operand[]): string {
  const wide = typeof operands[1] === 'bigint'
  const name = wide ? 'movabs' : form.name
  return `${name} ${operands.map((operand, index) => operandText(form, index, operand)).join(', ')}`.trim()
}

function operandText(form: Form, index: number, operand: Operand): string {
  if (typeof operand !== 'object') return String(operand)
  const slot = form.slots[index]
  switch (operand.kind) {
    case 'masked':
      return `${operandText(form, index, operand.operand)}{${show(operand.mask)}}${operand.mode === 'zero' ? '{z}' : ''}`
    case 'broadcast': {
      const bits = slot.element ?? 0
      return `${SIZES[bits]}${addressText(operand.memory)}{1to${(128 << form.length) / bits}}`
    }
    case 'memory':
    case 'rip':
      return `${SIZES[slot.memory ?? 0]}${addressText(operand)}`
    default:
      return show(operand)
  }
}

function addressText(memory: Memory | Rip): string {
  const parts = memory.kind === 'rip' ? ['rip', String(memory.target)] : []
  if (memory.kind === 'memory') {
    if (memory.base !== null) parts.push(show(memory.base))
    if (memory.index !== null) parts.push(`${show(memory.index)}*${memory.scale}`)
  }
  return `[${parts.join('+')}${memory.disp < 0 ? '' : '+'}${memory.disp}]`
}
