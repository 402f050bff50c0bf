// Flags of `weft conv` that go together, and what they come to: what is computed, and with which options.
import { type ConvOptions, WeftError } from '@weft/core'
import type { Channels } from '@weft/io'
import type { ConvFlags } from '../flag-types.ts'
import type { PresetName } from './presets.ts'

export type Operands = { readonly kernel: PresetName } | { readonly weight: string; readonly bias: string | null }

export interface Options {
  readonly operands: Operands
  readonly conv: ConvOptions
  readonly channels: Channels | undefined
}

/** @throws OPTION when flags exclude one another. */
export function resolveOptions(flags: ConvFlags): Options {
  const { kernel, weight, bias, stride, padding, paddingMode, dilation, groups, activation, numerics, channels } = flags
  if (kernel === undefined && weight === undefined)
    refuse('give --kernel NAME or --weight TENSOR: one of them says what to compute')
  if (kernel !== undefined && weight !== undefined)
    refuse('--kernel and --weight are two ways to say what to compute; give one of them')
  if (kernel !== undefined) {
    const own = Object.entries({ bias, groups, activation }).find(([, value]) => value !== undefined)
    if (own !== undefined) refuse(`--${own[0]} goes with --weight; the kernel ${kernel} has its own`)
  }
  return Object.freeze({
    operands: kernel === undefined ? { weight: weight as string, bias: bias ?? null } : { kernel },
    conv: given({ stride, padding, paddingMode, dilation, groups, activation, numerics }),
    channels,
  })
}

function refuse(message: string): never {
  throw new WeftError('OPTION', message)
}

/** Without what is undefined. */
function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as ReturnType<typeof given<T>>
}
