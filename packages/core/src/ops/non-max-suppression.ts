// Non-maximum suppression: of boxes that overlap much only the one with the best score is kept, class by class.
import { WeftError } from '../errors.ts'
import { formatShape } from '../tensor/shape.ts'
import { expectDtype, expectRank, given, needed } from './inputs.ts'
import type { Op, OpStorage, ValueInfo } from './op.ts'

export type SuppressionParams = {
  /** Boxes kept of each class of each item, at most. */
  readonly most: number
  /** Boxes whose overlap, as a part of their union, is larger are dropped. */
  readonly overlap: number
  /** Boxes with no larger score are dropped. */
  readonly score: number
  /** Boxes are (x, y, width, height) about their middles; else two corners (y, x, y, x) in any order. */
  readonly centred: boolean
}

/**
 * Inputs: boxes (items, n, 4), scores (items, classes, n). Outputs: int64 rows (item, class, box), best first within a class,
 * zeros after the last, and how many there are. The output is filled in order, so there is one unit.
 */
export const nonMaxSuppression: Op<SuppressionParams> = {
  name: 'nonMaxSuppression',
  counted: true,
  infer(inputs, { most }) {
    const [boxes, scores] = [needed('nonMaxSuppression', inputs, 0), needed('nonMaxSuppression', inputs, 1)]
    for (const info of [boxes, scores]) {
      expectDtype('nonMaxSuppression', info, 'float32')
      expectRank('nonMaxSuppression', info.shape, 3, 3)
    }
    const [items, classes, n] = scores.shape
    if (boxes.shape[0] !== items || boxes.shape[1] !== n || boxes.shape[2] !== 4) {
      throw new WeftError(
        'SHAPE',
        `nonMaxSuppression: boxes ${formatShape(boxes.shape)} do not belong to scores ${formatShape(scores.shape)}`,
      )
    }
    if (!Number.isInteger(most)) {
      throw new WeftError('SHAPE', `nonMaxSuppression: at most ${most} boxes of each class is no whole number`, { most })
    }
    return [
      { dtype: 'int64', shape: [items * classes * Math.max(0, Math.min(most, n)), 3] },
      { dtype: 'int64', shape: [1] },
    ]
  },
  units: () => 1,
  run({ params, inputs: infos }, inputs, [rows, count], begin, end) {
    if (begin >= end) return
    const [items, classes, n] = (infos[1] as ValueInfo).shape
    let kept = 0
    for (let item = 0; item < items; item++) {
      const boxes = corners(given(inputs, 0).subarray(item * n * 4, (item + 1) * n * 4), params.centred)
      for (let label = 0; label < classes; label++) {
        const from = (item * classes + label) * n
        for (const box of best(boxes, given(inputs, 1).subarray(from, from + n), params)) {
          rows.set([item, label, box], 3 * kept++)
        }
      }
    }
    rows.fill(0, 3 * kept)
    count[0] = kept
  },
}

/** Boxes as (low y, low x, high y, high x). */
function corners(boxes: OpStorage, centred: boolean): Float64Array {
  const result = new Float64Array(boxes.length)
  for (let at = 0; at < boxes.length; at += 4) {
    const [a, b, c, d] = boxes.subarray(at, at + 4)
    if (centred) result.set([b - d / 2, a - c / 2, b + d / 2, a + c / 2], at)
    else result.set([Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)], at)
  }
  return result
}

function best(boxes: Float64Array, scores: OpStorage, { most, overlap, score }: SuppressionParams): number[] {
  const order: number[] = []
  for (let box = 0; box < scores.length; box++) if (scores[box] > score) order.push(box)
  order.sort((a, b) => scores[b] - scores[a] || a - b)
  const kept: number[] = []
  for (const box of order) {
    if (kept.length >= most) break
    if (kept.every((other) => sharedPart(boxes, 4 * box, 4 * other) <= overlap)) kept.push(box)
  }
  return kept
}

/** The intersection of two boxes over their union. */
function sharedPart(boxes: Float64Array, a: number, b: number): number {
  const height = Math.min(boxes[a + 2], boxes[b + 2]) - Math.max(boxes[a], boxes[b])
  const width = Math.min(boxes[a + 3], boxes[b + 3]) - Math.max(boxes[a + 1], boxes[b + 1])
  if (height <= 0 || width <= 0) return 0
  const area = (at: number) => (boxes[at + 2] - boxes[at]) * (boxes[at + 3] - boxes[at + 1])
  return (height * width) / (area(a) + area(b) - height * width)
}
