// Values of flags from text: whole numbers, one an axis, padding, activations. Each says what it takes when it refuses.
import { ACTIVATIONS, type ActivationOption, type PaddingOption, type PerAxis } from '@weft/core'
import type { Share } from './flag-types.ts'

/** A parser of whole numbers from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new Error(`give a whole number from ${least} to ${most}`)
  }
}

// Past it core refuses too.
const MOST = 2 ** 20

/** `2`, or one an axis as in `2,1`. */
export function perAxis(least: number): (text: string) => PerAxis {
  return (text) => {
    const values = text.split(',').map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN))
    if (!values.every((value) => value >= least && value <= MOST)) {
      throw new Error(`give a whole number from ${least} to ${MOST}, or one an axis as in 2,1`)
    }
    return values.length === 1 ? values[0] : values
  }
}

/** `same`, `valid`, `1`, one an axis as in `1,2`, or before and after each axis as in `0+1,2+2`. */
export function padding(text: string): PaddingOption {
  if (text === 'same' || text === 'valid') return text
  if (/^\d{1,7}\+\d{1,7}(,\d{1,7}\+\d{1,7})*$/.test(text)) {
    return text.split(',').map((pair): [number, number] => {
      const [before, after] = pair.split('+').map(Number)
      return [before, after]
    })
  }
  try {
    return perAxis(0)(text)
  } catch {
    throw new Error('give same, valid, a number, one an axis as in 1,2, or before+after of each axis as in 0+1,2+2')
  }
}

/** A name of ACTIVATIONS, `leakyRelu:0.2` or `clip:0,1`. */
export function activation(text: string): ActivationOption {
  const [kind, given] = text.split(/:(.*)/s)
  const numbers = given === undefined ? [] : given.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const known = ACTIVATIONS.find((name) => name === kind)
  const most = { leakyRelu: 1, clip: 2 }[kind] ?? 0
  if (
    known === undefined ||
    !numbers.every(Number.isFinite) ||
    numbers.length > most ||
    (kind === 'clip' && numbers.length !== 2)
  ) {
    const names = ACTIVATIONS.filter((name) => name !== 'clip' && name !== 'leakyRelu')
    throw new Error(`give ${names.join(', ')}, leakyRelu, leakyRelu:0.2 or clip:0,6`)
  }
  if (known === 'leakyRelu') return numbers.length === 0 ? known : { kind: known, negativeSlope: numbers[0] }
  return known === 'clip' ? { kind: known, min: numbers[0], max: numbers[1] } : known
}

/** Any text but none at all. */
export function text(value: string): string {
  if (value === '') throw new Error('give something')
  return value
}

/** `5`, or `5%`. */
export function share(text: string): Share {
  const [, digits, sign] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? []
  const value = Number(digits)
  const percent = sign === '%'
  if (percent ? value <= 100 : Number.isInteger(value) && value >= 1) return { value, percent }
  throw new Error('give a number from 1, or a share of all items as in 5%')
}

/** Seconds from a beginning, fractions too. */
export function moment(text: string): number {
  const value = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && Number.isSafeInteger(Math.floor(value))) return value
  throw new Error('give seconds, as in 2.5')
}

/** Seconds, fractions too. */
export function seconds(text: string): number {
  const value = Number(text)
  // Longer than a timer of Node can wait.
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 2_000_000) return value
  throw new Error('give seconds, above 0 and up to 2000000')
}
