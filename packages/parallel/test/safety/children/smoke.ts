// An engine as an application has it: opened with no options, known answers, random convolutions against the oracle.
import { open } from '@weft/parallel'
import { operandsOf, runOracle } from '../../../../core/test/run-kernel.ts'
import { caseOf } from '../cases.ts'
import { wrong } from '../compare.ts'
import { wrongOf } from '../known.ts'
import { configuration, say } from '../say.ts'

const { seed, first, count } = configuration<{ seed: number; first: number; count: number }>()
const engine = await open({ threads: 2 }) // Node 22 has no `await using`.
const known = await wrongOf(engine)
if (known !== null) say({ failed: 0, text: 'known answers', why: known })
for (let index = first; index < first + count; index++) {
  const { descriptor: d, options, text } = caseOf(seed, index)
  say({ at: index, text })
  const operands = operandsOf(d, index)
  const call = { ...options, weight: operands.weight, bias: operands.bias, residual: operands.residual }
  const y = d.transposed ? await engine.convTranspose(operands.x, call as never) : await engine.conv(operands.x, call as never)
  const fault = wrong(d, y.data, runOracle(d, operands))
  if (fault !== null) say({ failed: index, text, why: fault })
}
await engine.close()
say({ node: process.version, tier: engine.info.tier, why: engine.info.why })
