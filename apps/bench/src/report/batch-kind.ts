// Summaries of batches: what `weft conv` and `weft run` write with --summary.
import * as v from 'valibot'
import { quoted } from '../quote.ts'
import type { Kind } from './results.ts'
import { count, line, positive } from './schema.ts'

const PERCENTILES = v.looseObject({ p50: positive, p90: positive, p95: positive, p99: positive })
const whole = v.pipe(v.number(), v.integer(), v.minValue(0))
const SUMMARY = v.looseObject({
  version: line,
  date: line,
  command: v.array(line),
  work: line,
  items: v.looseObject({ all: whole, skipped: whole, done: whole, failed: whole, left: whole }),
  seconds: positive,
  itemsPerSecond: positive,
  bytes: v.looseObject({ read: positive, written: positive }),
  milliseconds: v.record(line, PERCENTILES),
  tier: v.nullable(line),
  threads: v.nullable(count),
  parallel: line,
  machine: v.looseObject({ platform: line, arch: line, processor: line, cores: count, memory: positive, node: line }),
})
export type BatchSummary = v.InferOutput<typeof SUMMARY>

export const BATCH: Kind = {
  tool: 'weft',
  format: 1,
  open(value) {
    const summary = v.parse(SUMMARY, value)
    const { version, date, command, tier, machine } = summary
    const { platform, arch, processor, cores, memory, node } = machine
    const facts = {
      date,
      command: command.map(quoted).join(' '),
      machine: `${processor}, ${cores} ${cores === 1 ? 'core' : 'cores'} usable, ${(memory / 2 ** 30).toFixed(1)} GiB of memory`,
      cores,
      system: `${platform} ${arch}`,
      versions: `weft ${version}, Node ${node.replace(/^v/, '')}`,
      tier: tier ?? 'unknown',
      // A batch does not look at what others do.
      others: { busy: 0, cores },
      busy: false,
    }
    return {
      facts,
      timings: () => [],
      async sections() {
        const { batchSections } = await import('./batch-page.ts')
        return batchSections(summary, facts)
      },
    }
  },
}
