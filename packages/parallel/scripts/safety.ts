// The safety suite of machine code at length: `safety.ts [PART ...] [--descriptors 5000] [--engines 2000] ...`; see FLAGS.
import { parseArgs } from 'node:util'
import type { TierName } from '@weft/core'
import { EDGES } from '../test/safety/cases.ts'
import { NATIVE_TIERS } from '../test/safety/here.ts'
import { bits } from '../test/safety/parts/bits.ts'
import { crowd, cycles, heal, object } from '../test/safety/parts/engines.ts'
import { fallback } from '../test/safety/parts/fallback.ts'
import { guard } from '../test/safety/parts/guard.ts'
import type { Outcome } from '../test/safety/parts/part.ts'
import { mxcsr, registers } from '../test/safety/parts/registers.ts'
import { subnormal, subnormalTime } from '../test/safety/parts/subnormal.ts'
import { versions } from '../test/safety/parts/versions.ts'
import { works } from '../test/safety/parts/works.ts'
import { SITUATIONS } from '../test/safety/situations.ts'

const FLAGS = {
  /** Random convolutions in guarded memory, a tenth of them on the WebAssembly tiers too, and with sentinels in the registers; as many operators, a tenth as many chains. */
  descriptors: { type: 'string', default: '5000' },
  /** Random convolutions that the fused tiers are compared on. */
  bits: { type: 'string', default: '500' },
  /** Engines opened and closed one after the other. */
  engines: { type: 'string', default: '2000' },
  seed: { type: 'string', default: String(Math.floor(Date.now() / 1000) % 1_000_000) },
  /** The number of the first random convolution; by default 0, and before it those that are known from the past. */
  first: { type: 'string' },
  tiers: { type: 'string', default: NATIVE_TIERS.join() },
  /** Major versions of Node. */
  node: { type: 'string', default: '22,24,26' },
} as const

const { values: flags, positionals } = parseArgs({ options: FLAGS, allowPositionals: true })
const [descriptors, engines, seed] = [flags.descriptors, flags.engines, flags.seed].map(Number)
const from = flags.first === undefined ? {} : { first: Number(flags.first) }
const tiers = flags.tiers.split(',').filter((tier) => tier !== '') as TierName[]
const WASM: readonly TierName[] = ['simd128', 'relaxed', 'paired']
/** Unless tiers are named: machine code by itself is told what it touched. */
const beside = flags.tiers === NATIVE_TIERS.join() ? [...WASM, ...tiers] : tiers
const tenth = Math.ceil(descriptors / 10)

type Outcomes = AsyncGenerator<Outcome> | Generator<Promise<Outcome>>
const PARTS: Readonly<Record<string, () => Outcomes>> = {
  *guard() {
    yield guard({ tiers, seed, ...from, cases: descriptors })
    if (flags.first === undefined) yield guard({ tiers: WASM, seed, cases: tenth })
  },
  *edges() {
    const range =
      flags.first === undefined ? { first: 0, cases: EDGES.length } : { first: Number(flags.first), cases: descriptors }
    if (tiers.includes('amx')) yield guard({ tiers: ['amx'], seed, edges: true, ...range })
  },
  *registers() {
    for (const tier of tiers) yield registers(tier, seed, tenth)
    for (const tier of tiers) yield mxcsr(tier)
  },
  *bits() {
    yield bits(['relaxed', 'paired', ...tiers], seed, Number(flags.first ?? 0), Number(flags.bits))
    yield bits(tiers, seed, Number(flags.first ?? 0), Number(flags.bits), 1e-19)
  },
  *chains() {
    yield works({ kind: 'chains', tiers: beside, seed, ...from, cases: tenth })
  },
  *operators() {
    yield works({ kind: 'operators', tiers: beside, seed, ...from, cases: descriptors })
  },
  *subnormal() {
    yield subnormal(tiers)
  },
  *time() {
    for (const tier of tiers) yield subnormalTime(tier)
  },
  *engines() {
    for (const tier of tiers) yield object(tier, Math.min(50, engines))
    for (const tier of tiers) yield heal(tier, Math.min(60, engines))
    yield crowd(8, 1)
    yield crowd(0, 8)
    yield cycles(engines)
  },
  *fallback() {
    for (const situation of SITUATIONS) yield fallback(situation)
  },
  versions: () => versions(flags.node.split(',').map(Number), seed, 100),
}

const unknown = positionals.filter((part) => PARTS[part] === undefined)
if (unknown.length > 0) throw new Error(`there is no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`)

for (const part of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
  const start = performance.now()
  for await (const { summary, failures, skipped } of PARTS[part]()) {
    const word = skipped !== undefined ? 'skipped' : failures.length > 0 ? 'FAILED' : 'passed'
    console.log(`${part.padEnd(9)} ${word}: ${skipped ?? summary}`)
    for (const failure of failures) console.log(`  - ${failure.replaceAll('\n', '\n    ')}`)
    if (failures.length > 0) process.exitCode = 1
  }
  console.log(`${part.padEnd(9)} ${((performance.now() - start) / 1000).toFixed(1)} s; seed ${seed}`)
}
