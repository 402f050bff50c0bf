// What is stored of a large output: its shape, its range and mean, and some of its numbers.
import { formatShape } from '@weft/core'

export interface Digest {
  readonly shape: readonly number[]
  readonly min: number
  readonly max: number
  readonly mean: number
  /** Places and numbers: some spread evenly, and the largest. */
  readonly at: readonly number[]
  readonly values: readonly number[]
}

const [SPREAD, LARGEST] = [160, 16]
/** Steps of the golden section are spread evenly, and hit no row's length. */
const STEP = (Math.sqrt(5) - 1) / 2

export function digestOf(data: ArrayLike<number>, shape: readonly number[]): Digest {
  const numbers = Float64Array.from(data)
  const spread = Array.from({ length: SPREAD }, (_, i) => Math.floor(((i * STEP) % 1) * numbers.length))
  const at = [...new Set([...spread, ...largest(numbers)])].sort((a, b) => a - b)
  return { shape, ...range(numbers), at, values: at.map((i) => rounded(numbers[i])) }
}

/** What of an output is not as its digest says; null where all is within `tolerance` of the range of numbers. */
export function unlike(data: ArrayLike<number>, shape: readonly number[], digest: Digest, tolerance: number): string | null {
  if (shape.join() !== digest.shape.join()) return `its shape is ${formatShape(shape)}, not ${formatShape(digest.shape)}`
  const { min, max, mean } = range(Float64Array.from(data))
  const bound = tolerance * (digest.max - digest.min)
  const pairs: [string, number, number][] = [
    ['its least number', min, digest.min],
    ['its largest number', max, digest.max],
    ['the mean', mean, digest.mean],
    ...digest.at.map((i, k): [string, number, number] => [`number ${i}`, data[i], digest.values[k]]),
  ]
  const wrong = pairs.find(([, got, wanted]) => !(Math.abs(got - wanted) <= bound))
  return wrong ? `${wrong[0]} is ${wrong[1]}, not ${wrong[2]}; ${bound} is allowed` : null
}

function range(numbers: Float64Array): { min: number; max: number; mean: number } {
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for (const value of numbers) {
    min = Math.min(min, value)
    max = Math.max(max, value)
    sum += value
  }
  return { min: rounded(min), max: rounded(max), mean: rounded(sum / numbers.length) }
}

function largest(numbers: Float64Array): number[] {
  const order = Array.from(numbers.keys()).sort((a, b) => Math.abs(numbers[b]) - Math.abs(numbers[a]) || a - b)
  return order.slice(0, LARGEST)
}

/** To the digits of float32. */
function rounded(value: number): number {
  return Number(value.toPrecision(8))
}
