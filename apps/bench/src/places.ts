// Where things lie that are no modules of ours: one folder up from the sources as from what is built.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = import.meta.url.endsWith('.ts')

/** The folder that the peers are installed in. */
export const PEERS_FOLDER = fileURLToPath(new URL('../../../tools/peers/', import.meta.url))

/** Photographs that come with the weft command in this workspace. */
export const PHOTOS_FOLDER = fileURLToPath(new URL('../../batch/photos/', import.meta.url))

/** The weft command of this workspace, run as this one is. */
export const WEFT_COMMAND: readonly string[] = [
  process.execPath,
  ...process.execArgv,
  fileURLToPath(new URL(`../../batch/${source ? 'src/main.ts' : 'dist/main.js'}`, import.meta.url)),
]

/** A command line that runs a plain loop around a peer. */
export function peerBatchCommand(...args: readonly string[]): string[] {
  return [process.execPath, join(PEERS_FOLDER, 'onnx-batch.ts'), ...args]
}

/** A command line that runs a script of ours in a process of its own, as this one is run. */
export function scriptCommand(name: string, ...args: readonly string[]): string[] {
  const path = new URL(`../${source ? 'src' : 'dist'}/layers/${name}.${source ? 'ts' : 'js'}`, import.meta.url)
  return [process.execPath, ...process.execArgv, fileURLToPath(path), ...args]
}
