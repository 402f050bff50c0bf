// Convolutions of one output a channel, at, below and above every edge of the gemv kernel: vectors of 16 channels, blocks of 64, two of them a unit.
import { ACTIVATIONS, type ConvDescriptor, describeConv } from '@weft/core'

function dense(input: number[], oc: number, options: Parameters<typeof describeConv>[3] = {}, bias = true): ConvDescriptor {
  return describeConv(input, [oc, ...input], bias, options)
}

const around = (edge: number) => [edge - 1, edge, edge + 1]

export function gemvCases(): ConvDescriptor[] {
  return [
    ...[1, 2, ...[16, 32, 48, 64, 80, 112, 128, 192, 256].flatMap(around)].flatMap((oc) => [
      dense([5, 1], oc),
      dense([19, 1, 1], oc, { residual: true }),
    ]),
    // Products: weights are packed 64 of them at once.
    ...[1, 2, 3, ...[64, 128].flatMap(around), 700].map((ic) => dense([ic, 1], 70)),
    // A window that is all of the input, of any rank; a stride has nowhere to go.
    dense([6, 7], 40),
    dense([5, 3, 4], 131, { stride: 2 }),
    dense([3, 2, 3, 5], 65),
    describeConv([3, 9, 1], [33, 9, 1], false),
    ...ACTIVATIONS.flatMap((kind) => {
      const activation = kind === 'clip' ? { kind, min: -0.5, max: 0.75 } : kind
      return [dense([6, 3], 135, { activation }), dense([6, 1, 1], 20, { activation, residual: true })]
    }),
  ]
}
