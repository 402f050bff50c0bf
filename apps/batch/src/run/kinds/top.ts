// The classes with the highest scores, by their labels.
import { formatShape, WeftError } from '@weft/core'
import type { Kind, KindOptions } from './kind.ts'
import { oneOutput } from './one.ts'

export const top: Kind = {
  about: 'the classes with the highest scores, a line of JSON an item: results.jsonl',
  single: true,
  formats: ['json', 'jsonl'],
  naturalFormat: () => 'jsonl',
  async render(outcome, options) {
    const { name, shape, data } = oneOutput(outcome)
    if (shape.filter((size) => size !== 1).length > 1 || data.length < 2) {
      const problem = `output '${name}' ${formatShape(shape)} is no list of scores, one a class`
      throw new WeftError('SHAPE', `${problem}; name another with --outputs, or choose another --as`, { shape })
    }
    const { labels } = options
    if (labels !== null && labels.length !== data.length) {
      throw new WeftError('OPTION', `there are ${labels.length} labels for the ${data.length} classes of output '${name}'`, {
        labels: labels.length,
        classes: data.length,
      })
    }
    const scores = scoresOf(data, options.scores)
    const classes = highest(scores, options.top).map((index) => ({
      class: index,
      ...(labels === null ? {} : { label: labels[index] }),
      score: Number(scores[index].toPrecision(6)),
    }))
    return { result: { record: { top: classes } }, about: { top: classes } }
  },
}

/** The places of the highest, the highest first; of equal ones the first. */
function highest(scores: Float64Array, count: number): number[] {
  const order: number[] = []
  for (let index = 0; index < scores.length; index++) {
    if (order.length === count && !(scores[index] > scores[order[count - 1]])) continue
    let rank = order.length
    while (rank > 0 && scores[index] > scores[order[rank - 1]]) rank--
    order.splice(rank, 0, index)
    if (order.length > count) order.pop()
  }
  return order
}

/** auto: softmax, but for numbers that are all from 0 to 1 already. */
function scoresOf(data: Float32Array, how: KindOptions['scores']): Float64Array {
  const scores = Float64Array.from(data)
  if (how === 'raw' || (how === 'auto' && data.every((value) => value >= 0 && value <= 1))) return scores
  const most = data.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const powers = scores.map((value) => Math.exp(value - most))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / sum)
}
