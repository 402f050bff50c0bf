// The parts of a file that holds several items: entries, pages, slices.
import { extname } from 'node:path'
import { WeftError } from '@weft/core'
import { imagePages, NpzFile, npyShape, SafetensorsFile } from '@weft/io'
import type { Part } from './inputs.ts'

/**
 * The parts that are items of their own; undefined when the file is one item, as is one that cannot be opened or has no numbers:
 * reading it will say why. `batchAxis` is the axis along which .npy files are cut.
 * @throws OPTION for a .npy file without that axis
 */
export async function partsOf(path: string, batchAxis: number | undefined): Promise<Part[] | undefined> {
  const extension = extname(path).toLowerCase()
  if (extension === '.npy' && batchAxis !== undefined) {
    const shape = await orNothing(npyShape(path))
    if (shape === undefined) return undefined
    const extent = shape[batchAxis]
    if (extent === undefined) {
      const problem = `--batch-axis ${batchAxis}: ${path} has axes 0 to ${shape.length - 1}`
      throw new WeftError('OPTION', problem, { path, shape })
    }
    // Slices of no numbers take no room in the file: how many there are is only a claim.
    if (extent > 0 && shape.includes(0)) return undefined
    return Array.from({ length: extent }, (_, index): Part => ({ kind: 'slice', axis: batchAxis, index }))
  }
  if (extension === '.tif' || extension === '.tiff') {
    const pages = await orNothing(imagePages(path))
    return pages === undefined || pages === 1
      ? undefined
      : Array.from({ length: pages }, (_, index): Part => ({ kind: 'page', index }))
  }
  const names = await orNothing(namesIn(path, extension))
  return names === undefined || names.length === 1 ? undefined : names.map((name): Part => ({ kind: 'entry', name }))
}

async function namesIn(path: string, extension: string): Promise<readonly string[] | undefined> {
  if (extension === '.npz') {
    await using file = await NpzFile.open(path)
    return file.names
  }
  if (extension !== '.safetensors') return undefined
  await using file = await SafetensorsFile.open(path)
  return file.entries.map(({ name }) => name)
}

async function orNothing<T>(value: Promise<T>): Promise<T | undefined> {
  return await value.catch(() => undefined)
}
