// Every kind of result by its name. A new kind is one file and one row here.
import { heatmap } from './heatmap.ts'
import { image } from './image.ts'
import type { Kind } from './kind.ts'
import { tensors } from './tensors.ts'
import { top } from './top.ts'

export const KINDS = { tensors, top, image, heatmap } as const satisfies Record<string, Kind>
export type KindName = keyof typeof KINDS
export const KIND_NAMES = Object.keys(KINDS) as KindName[]
