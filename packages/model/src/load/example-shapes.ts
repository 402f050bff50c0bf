// Shapes to try a network on: those that are told, and for the sizes that vary usual ones.
import { sizeOf, WeftError } from '@weft/core'
import type { Port } from '../graph/graph.ts'

interface NamedShape {
  readonly name: string | undefined
  readonly shape: readonly number[]
}

/** The side of pictures that most networks were trained on. */
const SIDE = 224

/**
 * Sizes that vary are 1, heights and widths of pictures 224.
 * @param texts `1x3x224x224` of the only input, `x=1x3x224x224` of one of several
 * @throws OPTION for a shape of no input, and where an input has none
 */
export function exampleShapes(
  { name: model, inputs }: { readonly name: string; readonly inputs: readonly Port[] },
  texts: readonly string[],
): Record<string, readonly number[]> {
  const told = texts.map(parse)
  const isOf = ({ name }: NamedShape, port: Port): boolean => name === port.name || (name === undefined && inputs.length === 1)
  const strange = told.find((shape) => !inputs.some((port) => isOf(shape, port)))
  if (strange !== undefined) {
    const sizes = strange.shape.join('x')
    const names = inputs.map(({ name }) => name).join(', ')
    throw new WeftError('OPTION', `shape ${sizes}: name the input as in x=${sizes}; ${model} has ${names}`)
  }
  return Object.fromEntries(
    inputs.map((port) => [port.name, told.find((shape) => isOf(shape, port))?.shape ?? usualShape(model, port)]),
  )
}

function parse(text: string): NamedShape {
  const [, name, sizes = ''] = /^(?:(.+)=)?(\d{1,9}(?:x\d{1,9})*)$/.exec(text) ?? []
  const shape = sizes.split('x').map(Number)
  if (sizes !== '' && shape.length <= 8 && shape.every((size) => size >= 1)) return { name, shape }
  throw new WeftError('OPTION', 'give sizes as in 1x3x224x224, or with the name of an input as in x=1x3x224x224')
}

function usualShape(model: string, { name, shape }: Port): readonly number[] {
  if (shape === null) {
    const example = `${name}=1x3x${SIDE}x${SIDE}`
    throw new WeftError('OPTION', `${model} does not say the shape of ${name}; tell one with --shape ${example}`)
  }
  const last = shape.length === 4 && ![1, 3].includes(shape[1] as number) && [1, 3].includes(shape[3] as number)
  const sides = last ? [1, 2] : [2, 3]
  const sizes = shape.map((size, axis) =>
    typeof size === 'number' ? size : shape.length === 4 && sides.includes(axis) ? SIDE : 1,
  )
  return sizeOf(sizes) > 0 ? sizes : sizes.map((size) => Math.max(size, 1))
}
