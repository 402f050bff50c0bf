// .safetensors: many named tensors a file. Writing.
import { type Dtype, type Shape, type Tensor, WeftError } from '@weft/core'
import { METADATA_KEY } from './safetensors-header.ts'
import { bytesOf, writeAtomically } from './write-atomically.ts'

export interface SafetensorsWriteOptions {
  /** Free texts for `__metadata__`. */
  metadata?: Readonly<Record<string, string>> | undefined
}

const HEADER_ALIGNMENT = 8
const TYPE_NAMES = { float32: 'F32', int32: 'I32', uint8: 'U8' } as const satisfies Record<Dtype, string>

// The order of the format's reference implementation: wide types first, so that every entry is aligned.
const ORDER: readonly Dtype[] = ['float32', 'int32', 'uint8']

/**
 * Writes named tensors as a .safetensors file, which appears whole or not at all (`writeAtomically`). Entries are sorted by
 * type and name, so the same tensors always give the same bytes, and the bytes are those of the reference implementation.
 *
 * @throws OPTION for a name that is given twice, is `__metadata__` or is not well-formed text; NOT_FOUND when the folder is
 * not there; IO when writing fails.
 */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<readonly [string, Tensor]> | Readonly<Record<string, Tensor>>,
  options: SafetensorsWriteOptions = {},
): Promise<void> {
  await writeAtomically(path, encodeSafetensors(tensors, options))
}

/** The bytes of `writeSafetensors`, in pieces; the numbers are not copied. @throws OPTION as it does. */
export function encodeSafetensors(
  tensors: Iterable<readonly [string, Tensor]> | Readonly<Record<string, Tensor>>,
  options: SafetensorsWriteOptions = {},
): Uint8Array[] {
  const entries = Symbol.iterator in tensors ? [...tensors] : Object.entries(tensors)
  expectNames(entries.map(([name]) => name))
  entries.sort(([a, x], [b, y]) => ORDER.indexOf(x.dtype) - ORDER.indexOf(y.dtype) || Buffer.from(a).compare(Buffer.from(b)))
  const parts = entries.map(([name, { dtype, shape, data }]) => ({ name, dtype, shape, bytes: data.byteLength }))
  return [formatHeader(parts, options.metadata), ...entries.map(([, tensor]) => bytesOf(tensor.data))]
}

/** A tensor whose bytes come later. */
export interface SafetensorsPart {
  readonly name: string
  readonly dtype: Dtype
  readonly shape: Shape
  readonly bytes: number
}

/**
 * What comes before the numbers of a .safetensors file whose entries lie in this order.
 * @throws OPTION as `writeSafetensors` does.
 */
export function safetensorsHead(parts: readonly SafetensorsPart[], metadata?: Readonly<Record<string, string>>): Uint8Array {
  expectNames(parts.map(({ name }) => name))
  return formatHeader(parts, metadata)
}

// Put together by hand: an object would reorder names that look like numbers.
function formatHeader(parts: readonly SafetensorsPart[], metadata: Readonly<Record<string, string>> | undefined): Uint8Array {
  const fields = metadata === undefined ? [] : [`${JSON.stringify(METADATA_KEY)}:${JSON.stringify(metadata)}`]
  let begin = 0
  for (const { name, dtype, shape, bytes } of parts) {
    const end = begin + bytes
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype: TYPE_NAMES[dtype], shape, data_offsets: [begin, end] })}`)
    begin = end
  }
  const json = Buffer.from(`{${fields.join(',')}}`)
  const length = Math.ceil(json.length / HEADER_ALIGNMENT) * HEADER_ALIGNMENT
  const header = Buffer.alloc(8 + length, ' ')
  header.writeBigUInt64LE(BigInt(length))
  json.copy(header, 8)
  return header
}

function expectNames(names: readonly string[]): void {
  const seen = new Set<string>()
  for (const name of names) {
    const problem = seen.has(name)
      ? 'is given twice'
      : name === METADATA_KEY
        ? 'is kept for metadata'
        : !name.isWellFormed()
          ? 'is not well-formed text'
          : ''
    if (problem !== '') throw new WeftError('OPTION', `the entry name ${JSON.stringify(name)} ${problem}`, { name })
    seen.add(name)
  }
}
