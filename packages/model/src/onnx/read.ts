// Bytes of an ONNX file to a Graph.
import { WeftError } from '@weft/core'
import type { Graph } from '../graph/graph.ts'
import { buildGraph } from './build.ts'
import type { ExternalData } from './external.ts'
import { MODEL } from './fields.ts'
import { Budget, readMessage } from './message.ts'

/**
 * Reads a network.
 * @param name what sentences call the file
 * @throws FORMAT when the bytes are damaged or no ONNX, MODEL for what weft cannot do, TOO_LARGE
 */
export function readOnnx(bytes: Uint8Array, name: string, external: ExternalData): Graph {
  try {
    return buildGraph(readMessage(bytes, MODEL, new Budget()), external)
  } catch (error) {
    if (error instanceof WeftError) throw new WeftError(error.code, `${name}: ${error.message}`, error.details, { cause: error })
    const why = error instanceof Error ? error.message : String(error)
    throw new WeftError('FORMAT', `${name} is damaged, or no ONNX file: ${why}`, {}, { cause: error })
  }
}
