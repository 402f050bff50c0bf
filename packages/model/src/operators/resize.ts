// Resize (from opset 10) and Upsample (7 to 9): to scales or sizes, of all axes or of some.
import {
  floatAttribute,
  floatsAttribute,
  hasAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
} from '../graph/attributes.ts'
import type { Node } from '../graph/graph.ts'
import { axisFrom, cannot, input } from './inputs.ts'
import type { AdaptContext, Operator } from './operator.ts'

const COORDINATES: Readonly<Record<string, string>> = {
  half_pixel: 'halfPixel',
  half_pixel_symmetric: 'halfPixelSymmetric',
  pytorch_half_pixel: 'pytorchHalfPixel',
  align_corners: 'alignCorners',
  asymmetric: 'asymmetric',
  tf_half_pixel_for_nn: 'tfHalfPixelForNearest',
  tf_crop_and_resize: 'cropAndResize',
}
const ROUNDINGS: Readonly<Record<string, string>> = {
  round_prefer_floor: 'roundPreferFloor',
  round_prefer_ceil: 'roundPreferCeil',
  floor: 'floor',
  ceil: 'ceil',
}
const MODES: Readonly<Record<string, string>> = { nearest: 'nearest', linear: 'linear', bilinear: 'linear', cubic: 'cubic' }

export const resize: Operator = {
  opTypes: ['Resize', 'Upsample'],
  adapt(node, context) {
    const old = context.opset < 11
    const params = {
      mode: oneOf(node, MODES, 'mode', 'nearest'),
      coordinates: old ? 'asymmetric' : oneOf(node, COORDINATES, 'coordinate_transformation_mode', 'half_pixel'),
      rounding: old ? 'floor' : oneOf(node, ROUNDINGS, 'nearest_mode', 'round_prefer_floor'),
      cubic: floatAttribute(node, 'cubic_coeff_a', -0.75),
      excludeOutside: intAttribute(node, 'exclude_outside', 0) !== 0,
      antialias: intAttribute(node, 'antialias', 0) !== 0,
      extrapolation: floatAttribute(node, 'extrapolation_value', 0),
      ...(old ? oldExtents(node, context) : extents(node, context)),
    }
    return { kind: 'op', op: 'resize', params, data: [0] }
  },
}

interface Extents {
  readonly shape: number[]
  readonly scales: number[]
  readonly roiBegin: number[]
  readonly roiEnd: number[]
}

function oldExtents(node: Node, context: AdaptContext): Extents {
  const x = input(node, context, 0).shape
  const scales = hasAttribute(node, 'scales') ? floatsAttribute(node, 'scales') : context.needs(1)
  if (scales.length !== x.length) throw cannot(node, `it has ${scales.length} scales for ${x.length} axes`)
  return { shape: scaled(x, scales), scales: [...scales], roiBegin: x.map(() => 0), roiEnd: x.map(() => 1) }
}

function extents(node: Node, context: AdaptContext): Extents {
  const x = input(node, context, 0).shape
  const every = x.map((_, axis) => axis)
  const axes = intsAttribute(node, 'axes', every).map((axis) => axisFrom(node, axis, x.length))
  const [roi, scales, sizes] = [1, 2, 3].map((i) => (context.inputs[i] ? context.needs(i) : []))
  const given = scales.length > 0 ? scales : sizes
  if (scales.length > 0 === sizes.length > 0 || given.length !== axes.length) {
    throw cannot(
      node,
      `it has ${scales.length} scales and ${sizes.length} sizes for ${axes.length} axes; it needs one or the other`,
    )
  }
  /** One number for each axis from numbers for those that are resized. */
  const spread = (list: readonly number[], rest: readonly number[]) =>
    x.map((_, axis) => (axes.includes(axis) ? (list[axes.indexOf(axis)] ?? rest[axis]) : rest[axis]))
  const [zeros, ones] = [x.map(() => 0), x.map(() => 1)]
  const roiEnds = { roiBegin: spread(roi.slice(0, axes.length), zeros), roiEnd: spread(roi.slice(axes.length), ones) }
  if (scales.length > 0) return { shape: scaled(x, spread(scales, ones)), scales: spread(scales, ones), ...roiEnds }
  const fitted = fittedSizes(
    node,
    sizes,
    axes.map((axis) => x[axis]),
  )
  return { shape: spread(fitted.sizes, x), scales: spread(fitted.scales, ones), ...roiEnds }
}

/** Lengths are rounded down, in single precision, which is what scales are stored in. */
function scaled(x: readonly number[], scales: readonly number[]): number[] {
  return x.map((n, axis) => Math.floor(Math.fround(n * scales[axis])))
}

/** Policies of opset 18: one scale for all axes, so that none becomes larger (or none smaller) than its size. */
function fittedSizes(node: Node, sizes: readonly number[], n: readonly number[]): { sizes: readonly number[]; scales: number[] } {
  const scales = sizes.map((size, i) => size / n[i])
  const policy = stringAttribute(node, 'keep_aspect_ratio_policy', 'stretch')
  if (policy === 'stretch') return { sizes, scales }
  if (policy !== 'not_larger' && policy !== 'not_smaller') throw cannot(node, `keep_aspect_ratio_policy '${policy}' is unknown`)
  const one = policy === 'not_larger' ? Math.min(...scales) : Math.max(...scales)
  return { sizes: n.map((extent) => Math.floor(extent * one + 0.5)), scales: scales.map(() => one) }
}

function oneOf(node: Node, names: Readonly<Record<string, string>>, attribute: string, fallback: string): string {
  const name = stringAttribute(node, attribute, fallback)
  if (!Object.hasOwn(names, name)) throw cannot(node, `${attribute} '${name}' is unknown`)
  return names[name]
}
