// What a direct convolution can be planned as: how its rows are cut, and where its pixels lie.
import type { ConvDescriptor } from '../../conv/descriptor.ts'
import { type Segments, segments } from './blocks.ts'
import { columnLayout, inPlace, type Layout, readsInPlace, stagedLayout } from './layout.ts'
import { widthStep } from './order.ts'

export interface DirectChoice {
  readonly cut: Segments
  readonly layout: Layout
}

/**
 * Rows at the border are blocks of their own, which sum fewer products, or all rows are alike; rows lie in place, follow each other
 * with their padding, or are staged for every column of the kernel apart.
 */
export function choicesOf(d: ConvDescriptor): DirectChoice[] {
  return [true, false].flatMap((split) => {
    const cut = segments(d, split)
    return layoutsOf(d, cut).map((layout) => ({ cut, layout }))
  })
}

function layoutsOf(d: ConvDescriptor, { rows, cols }: Segments): Layout[] {
  const layouts = [stagedLayout(d, rows, cols)]
  if (readsInPlace(d, rows, cols)) layouts.unshift(inPlace(d))
  const padded = layouts.every(({ pitch }) => pitch !== d.output[2])
  if (padded && !d.transposed && d.paddingMode === 'zeros') layouts.push(columnLayout(rows, cols, widthStep(d)))
  return layouts
}
