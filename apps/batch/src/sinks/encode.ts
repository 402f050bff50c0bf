// The bytes of results that are files of their own, and of their JSON.
import { Tensor, WeftError } from '@weft/core'
import { encodeNpz, encodeSafetensors, formatOf, type WriteTensorOptions } from '@weft/io'
import type { Item, OutputFormat } from '../outputs.ts'
import type { Plain, Result } from '../work.ts'

/** @throws OPTION when the format does not hold such a result, and what encoding throws. */
export async function encodeFile(
  item: Item,
  result: Result,
  format: OutputFormat,
  options: WriteTensorOptions,
): Promise<readonly Uint8Array[]> {
  if (format === 'json') return [encodeJson(item.id, result)]
  if ('record' in result) throw refuse(item, 'a record', format, 'json or .jsonl')
  if (result instanceof Tensor) return await formatOf(`result.${format}`).encode(asWritten(result, format), options)
  const named = Object.entries(result.tensors)
  if (format === 'npz') return encodeNpz(named)
  if (format === 'safetensors') return encodeSafetensors(named)
  throw refuse(item, `${named.length} tensors`, format, 'npz, safetensors or json')
}

/** A line: the id, and the record or the numbers. Floats are written so that they are read as the same. */
export function encodeJson(id: string, result: Result): Uint8Array {
  return Buffer.from(`${JSON.stringify({ id, ...fieldsOf(result) })}\n`)
}

function fieldsOf(result: Result): { readonly [key: string]: Plain } {
  if ('record' in result) return result.record
  if (result instanceof Tensor) return numbersOf(result)
  return Object.fromEntries(Object.entries(result.tensors).map(([name, tensor]) => [name, numbersOf(tensor)]))
}

function numbersOf({ shape, data }: Tensor): { shape: number[]; data: number[] } {
  return { shape: [...shape], data: Array.from(data) }
}

/** A picture has no batch axis: one item is written as itself. */
function asWritten(tensor: Tensor, format: OutputFormat): Tensor {
  const keeps = ['npy', 'npz', 'safetensors'].includes(format)
  return tensor.rank === 4 && tensor.shape[0] === 1 && !keeps ? tensor.at(0) : tensor
}

function refuse({ id }: Item, what: string, format: string, remedy: string): WeftError {
  return new WeftError('OPTION', `the result of ${id} is ${what}, which ${format} does not hold; write ${remedy}`, { format })
}
