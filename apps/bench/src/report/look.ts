// How things look in every chart: a way of using the cores or a library has its colour and its shape.
import type { Impl } from '../layers/entrant.ts'
import type { Mode } from '../mode.ts'

export interface Look {
  /** A variable of the page's style. */
  readonly color: string
  /** As vega names it. */
  readonly shape: 'circle' | 'square' | 'triangle-up' | 'diamond' | 'cross'
}

export const MODE_LOOKS: Readonly<Record<Mode, Look>> = {
  channels: { color: 'var(--a)', shape: 'circle' },
  items: { color: 'var(--b)', shape: 'square' },
}

export const IMPL_LOOKS: Readonly<Record<Impl, Look>> = {
  weft: { color: 'var(--a)', shape: 'circle' },
  'onnxruntime-node': { color: 'var(--b)', shape: 'square' },
  'onnxruntime-web': { color: 'var(--c)', shape: 'triangle-up' },
  'tfjs-wasm': { color: 'var(--d)', shape: 'diamond' },
  pytorch: { color: 'var(--e)', shape: 'cross' },
}

/** Of times that so many of a hundred do not exceed. */
export const PERCENTILE_LOOKS: Readonly<Record<'p50' | 'p90' | 'p95' | 'p99', Look>> = {
  p50: { color: 'var(--a)', shape: 'circle' },
  p90: { color: 'var(--c)', shape: 'triangle-up' },
  p95: { color: 'var(--b)', shape: 'square' },
  p99: { color: 'var(--d)', shape: 'diamond' },
}

/** Scales for the encodings colour and shape of a field with these values. */
export function scalesOf<Name extends string>(looks: Readonly<Record<Name, Look>>, names: readonly Name[]) {
  return {
    color: { domain: [...names], range: names.map((name) => looks[name].color) },
    shape: { domain: [...names], range: names.map((name) => looks[name].shape) },
  }
}
