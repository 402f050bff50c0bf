// Damaged ONNX files by the hundred thousand: none may crash weft, hang it, or make it take more memory than its size allows.
// node --conditions=@weft/source packages/model/scripts/fuzz.ts [--files 100000] [--seed N] [--first 0]
import { join } from 'node:path'
import { huntByArguments } from '../../../tools/fuzz/command.ts'

await huntByArguments(join(import.meta.dirname, '../test/fuzz/child.ts'), 100_000)
