// An instruction as bytes, in the shortest form that takes its operands, or why there is none.
import { WeftError } from '../../errors.ts'
import { type Encoded, encodeForm } from './encode-bytes.ts'
import { allForms, type Form } from './encode-form.ts'
import { type Refusal, refuses } from './encode-match.ts'
import type { Mnemonic } from './instructions.ts'
import { type Operand, show } from './operands.ts'

/** Encodes an instruction that begins at offset `here` of the code. */
export function encode(name: Mnemonic, operands: readonly Operand[], here: number): Encoded {
  const forms = allForms().get(name)
  if (forms === undefined) throw fault(name, 'there is no such instruction')
  const taking: Form[] = []
  const refusals: Refusal[] = []
  for (const form of forms) {
    if (form.slots.length !== operands.length) continue
    const refusal = refuses(form, operands, here)
    if (refusal === null) taking.push(form)
    else refusals.push(refusal)
  }
  if (taking.length === 0)
    throw refusals.length === 0 ? wrongCount(name, forms, operands) : wrongOperand(name, refusals, operands)
  checkSize(name, taking, operands)
  const short = taking.filter(({ encoding }) => encoding !== 'EVEX')
  return (short.length > 0 ? short : taking)
    .map((form) => encodeForm(form, operands))
    .reduce((best, other) => (other.bytes.length < best.bytes.length ? other : best))
}

/** Memory alone does not say its size: two forms that differ in nothing else both take it. */
function checkSize(name: string, taking: readonly Form[], operands: readonly Operand[]): void {
  operands.forEach((operand, index) => {
    const inner = typeof operand === 'object' && operand.kind === 'masked' ? operand.operand : operand
    if (typeof inner !== 'object' || (inner.kind !== 'memory' && inner.kind !== 'rip')) return
    const sizes = [...new Set(taking.map(({ slots }) => slots[index].memory))]
    if (sizes.length > 1)
      throw fault(name, `operand ${index + 1}, ${show(operand)}, must say its bits: ${sizes.join(' or ')}`, index)
  })
}

function wrongCount(name: string, forms: readonly Form[], operands: readonly Operand[]): WeftError {
  const counts = [...new Set(forms.map(({ slots }) => slots.length))].sort()
  return fault(name, `${operands.length} operands are given, not ${counts.join(' or ')}`)
}

/** The reason of the form that came furthest, or all that the forms that came so far would have taken. */
function wrongOperand(name: string, refusals: readonly Refusal[], operands: readonly Operand[]): WeftError {
  const index = Math.max(...refusals.map(({ operand }) => operand))
  const furthest = refusals.filter(({ operand }) => operand === index)
  const reason = furthest.findLast((refusal) => refusal.reason !== null)?.reason
  const takes = [...new Set(furthest.flatMap((refusal) => refusal.takes))].join(', ')
  const place = `operand ${index + 1}, ${show(operands[index])}`
  return fault(name, reason ? `${place}, cannot be encoded: ${reason}` : `${place}, is not one of ${takes}`, index)
}

function fault(name: string, sentence: string, index?: number): WeftError {
  const operand = index === undefined ? {} : { operand: index + 1 }
  return new WeftError('INTERNAL', `${name}: ${sentence}`, { instruction: name, ...operand })
}
