// Values of the flags of `weft run` from text.

const SIDE = 65_536

/** `224`, or width x height as in `640x480`; as height and width. */
export function size(text: string): readonly [number, number] {
  const [, width, height = width] = /^(\d{1,5})(?:x(\d{1,5}))?$/.exec(text) ?? []
  const sides = [Number(height), Number(width)] as const
  if (width !== undefined && sides.every((side) => side >= 1 && side <= SIDE)) return sides
  throw new Error(`give a side, or width and height as in 640x480, each from 1 to ${SIDE}`)
}

/** Up to so many numbers with commas between. */
export function numbers(most: number): (text: string) => readonly number[] {
  return (text) => {
    const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
    if (values.every(Number.isFinite) && (values.length === 1 || values.length === most)) return values
    throw new Error(most === 1 ? 'give a number' : `give a number, or ${most} with commas between`)
  }
}

/** `a,b`, which differ. */
export function pair(text: string): readonly [number, number] {
  const values = numbers(2)(text)
  if (values.length === 2 && values[0] !== values[1]) return [values[0], values[1]]
  throw new Error('give two numbers that differ, as in 0,255')
}

export function names(text: string): readonly string[] {
  const list = text.split(',')
  if (list.every((name) => name !== '') && new Set(list).size === list.length) return list
  throw new Error('give names, each once, with commas between')
}
