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
  return { shape: scaled(x, scales), scales: [...scales], roiBegin: x.map(() => 0), roiEnd: x.map(() => 1) }
}

function extents(node: Node, context: AdaptContext): Extents {
  const x = input(node, context, 0).shape
  const axes = intsAttribute(
    node,
    'axes',
    x.map((_, axis) => axis),
  ).map((axis) => axisFrom(node, axis, x.length))
  const [roi, scales, sizes] = [1, 2, 3].map((i) => (context.inputs[i] ? context.needs(i) : []))
  if (scales.length > 0 === sizes.length > 0) throw cannot(node, 'it needs either scales or sizes')
  const given = scales.length > 0 ? scales : sizes
  if (given.length !== axes.length) throw cannot(node, `it has ${given.length} scales or sizes for ${axes.length} axes`)
  const own =
    scales.length > 0
      ? scales
      : keepAspect(
          node,
          sizes.map((size, i) => size / x[axes[i]]),
        )
  const spread = (list: readonly number[], absent: number) =>
    x.map((_, axis) => (axes.includes(axis) ? (list[axes.indexOf(axis)] ?? absent) : absent))
  const fullScales = spread(own, 1)
  const stretched = scales.length > 0 || own.some((scale, i) => scale !== sizes[i] / x[axes[i]])
  const shape =
    scales.length > 0
      ? scaled(x, fullScales)
      : x.map((n, axis) => (stretched ? Math.round(n * fullScales[axis]) : axes.includes(axis) ? sizes[axes.indexOf(axis)] : n))
  return { shape, scales: fullScales, roiBegin: spread(roi.slice(0, axes.length), 0), roiEnd: spread(roi.slice(axes.length), 1) }
}

/** Lengths are rounded down, in single precision, which is what scales are stored in. */
function scaled(x: readonly number[], scales: readonly number[]): number[] {
  return x.map((n, axis) => Math.floor(Math.fround(n * (scales[axis] ?? 1))))
}

/** Policies of opset 18: one scale for all axes, so that none is larger (or none smaller) than its size. */
function keepAspect(node: Node, scales: number[]): number[] {
  const policy = stringAttribute(node, 'keep_aspect_ratio_policy', 'stretch')
  if (policy === 'stretch') return scales
  const one = policy === 'not_larger' ? Math.min(...scales) : policy === 'not_smaller' ? Math.max(...scales) : Number.NaN
  if (Number.isNaN(one)) throw cannot(node, `keep_aspect_ratio_policy '${policy}' is unknown`)
  return scales.map(() => one)
}

function oneOf(node: Node, names: Readonly<Record<string, string>>, attribute: string, fallback: string): string {
  const name = stringAttribute(node, attribute, fallback)
  if (!Object.hasOwn(names, name)) throw cannot(node, `${attribute} '${name}' is unknown`)
  return names[name]
}
