// Kernels of a processor's matrix unit on the calling thread, for as long as a group of tests needs them.
import { type ConvDescriptor, LocalLayer, sizeOf, type Workspace } from '@weft/core'
import { type OpenWorkspace, openWorkspace } from '@weft/parallel'
import { afterAll, beforeAll } from 'vitest'
import type { Operands } from '../../core/test/run-kernel.ts'

/** @param name of the kernel that `run` takes if it is told no other */
export function onMatrixUnit(name: string) {
  let opened: OpenWorkspace
  beforeAll(() => {
    opened = openWorkspace('amx')
  })
  afterAll(() => opened.close())
  const workspace = (): Workspace => opened.workspace
  const run = (d: ConvDescriptor, { x, weight, bias, residual }: Operands, kernel = name): Float32Array => {
    const y = new Float32Array(sizeOf(d.yShape)).fill(Number.NaN)
    new LocalLayer(d, weight, bias, { tier: workspace(), kernel }).run(x.data, y, residual?.data)
    return y
  }
  return { run, workspace }
}
