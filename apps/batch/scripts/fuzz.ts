// Damaged inputs and manifests by the thousand: none may crash weft, hang it, take more memory than it may, or name a result elsewhere.
// node --conditions=@weft/source apps/batch/scripts/fuzz.ts [--files 20000] [--seed N] [--first 0]
import { join } from 'node:path'
import { huntByArguments } from '../../../tools/fuzz/command.ts'

await huntByArguments(join(import.meta.dirname, '../test/fuzz/child.ts'), 20_000)
