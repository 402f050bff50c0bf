// The process that damaged ONNX files are tried in.
import { tryFiles } from '../../../../tools/fuzz/trial.ts'
import { attempt, damagedFile } from './attempt.ts'

await tryFiles(damagedFile, attempt)
