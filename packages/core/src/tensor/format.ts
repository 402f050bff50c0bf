// A tensor as text for a person: aligned, and shortened where an axis is long.
import type { Storage } from './dtype.ts'
import { formatShape, type Shape, sizeOf, stridesOf } from './shape.ts'

const EDGE = 3
const LONG = 2 * EDGE + 2

export function formatTensor(data: Storage, shape: Shape, dtype: string): string {
  const head = `Tensor ${formatShape(shape)} ${dtype}`
  if (shape.length === 0) return `${head} ${formatNumber(data[0])}`
  if (sizeOf(shape) === 0) return `${head} []`
  const strides = stridesOf(shape)
  const cells = new Map<number, string>()
  visible(shape, strides, 0, 0, (offset) => cells.set(offset, formatNumber(data[offset])))
  const width = Math.max(...[...cells.values()].map((cell) => cell.length))

  const lines = (axis: number, offset: number, indent: string): string => {
    const parts = indices(shape[axis]).map((index) => {
      if (index < 0) return '...'
      const at = offset + index * strides[axis]
      return axis === shape.length - 1 ? (cells.get(at) ?? '').padStart(width) : lines(axis + 1, at, `${indent} `)
    })
    const gap = axis === shape.length - 1 ? ', ' : `,\n${shape.length - axis > 2 ? '\n' : ''}${indent} `
    return `[${parts.join(gap)}]`
  }
  return `${head}\n${lines(0, 0, '')}`
}

function indices(extent: number): number[] {
  if (extent <= LONG) return Array.from({ length: extent }, (_, index) => index)
  return [0, 1, 2, -1, extent - 3, extent - 2, extent - 1]
}

function visible(shape: Shape, strides: number[], axis: number, offset: number, visit: (offset: number) => void): void {
  if (axis === shape.length) {
    visit(offset)
    return
  }
  for (const index of indices(shape[axis])) {
    if (index >= 0) visible(shape, strides, axis + 1, offset + index * strides[axis], visit)
  }
}

function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)))
}
