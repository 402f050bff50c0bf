// What a sweep finds: problems whose chosen kernel is slower than it should be.
import { quantile } from '../statistics.ts'
import type { Times } from './bout.ts'

export interface Swept {
  /** The problem text that repeats it. */
  readonly problem: string
  readonly flops: number
  readonly chosen: string
  readonly times: Times
  /** Microseconds that memory takes for what every kernel reads and writes. */
  readonly floor: number
}

export interface Findings {
  /** The direct kernel's median GFLOP/s over the problems of each decade of FLOPs: 6 for those from 1e6 to below 1e7. */
  readonly rates: ReadonlyMap<number, number>
  readonly slowerThanScalar: readonly Offender[]
  /** Below a third of the direct kernel's rate in their decade. */
  readonly slowForSize: readonly Offender[]
  /** Slower than another kernel that takes the problem. */
  readonly beaten: readonly Offender[]
}

export interface Offender extends Swept {
  /** How many times as long the chosen kernel takes as it may. */
  readonly ratio: number
  /** Microseconds that it may take. */
  readonly limit: number
  readonly than: string
}

const [DIRECT, SCALAR] = ['f32-direct', 'f32-scalar']
/** What is nearer than this to the limit is noise; a rival that is nearer would gain nothing. */
const [NOISE, GAIN] = [1.05, 1.15]

export function findingsOf(swept: readonly Swept[]): Findings {
  const rates = ratesOf(swept)
  return {
    rates,
    slowerThanScalar: offenders(swept, NOISE, ({ times }) => ({ than: SCALAR, limit: times.get(SCALAR) })),
    slowForSize: offenders(swept, NOISE, ({ flops }) => {
      const rate = rates.get(decadeOf(flops))
      return { than: 'a third of the rate of its size', limit: rate && (3 * flops) / rate / 1000 }
    }),
    beaten: offenders(swept, GAIN, ({ times }) => {
      const [than, limit] = [...times].reduce((best, entry) => (entry[1] < best[1] ? entry : best))
      return { than, limit }
    }),
  }
}

function ratesOf(swept: readonly Swept[]): Map<number, number> {
  const samples = new Map<number, number[]>()
  for (const { flops, times } of swept) {
    const micros = times.get(DIRECT)
    if (micros === undefined) continue
    const decade = decadeOf(flops)
    samples.set(decade, [...(samples.get(decade) ?? []), flops / micros / 1000])
  }
  const medians = [...samples].map(([decade, rates]): [number, number] => [
    decade,
    quantile(
      rates.sort((a, b) => a - b),
      0.5,
    ),
  ])
  return new Map(medians.sort(([a], [b]) => a - b))
}

function decadeOf(flops: number): number {
  return Math.floor(Math.log10(flops))
}

/** Those that take longer than `tolerance` times their limit, worst first. */
function offenders(
  swept: readonly Swept[],
  tolerance: number,
  limitOf: (one: Swept) => { than: string; limit: number | undefined },
): Offender[] {
  return swept
    .flatMap((one) => {
      const { than, limit } = limitOf(one)
      const taken = one.times.get(one.chosen)
      if (limit === undefined || taken === undefined || taken <= tolerance * limit) return []
      return [{ ...one, ratio: taken / limit, limit, than }]
    })
    .sort((a, b) => b.ratio - a.ratio)
}
