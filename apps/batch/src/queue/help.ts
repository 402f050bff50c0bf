// What `weft submit --help` and `weft worker --help` say.
import { EXIT_TEXT } from '../exit-codes.ts'
import { COMMON, flagRow, flagSections, type Row, section } from '../help-parts.ts'
import { table, wrap } from '../text.ts'
import { SUBMIT_COMMON_FLAGS, SUBMIT_SECTIONS, WORKER_FLAGS } from './flags.ts'

export function submitHelp(): string {
  const about =
    'The job is put on a queue (BullMQ, on a Redis server), in chunks that any number of weft worker take, on any machines that share ' +
    'a folder with inputs, model and results. What joins and checks the results is done when all chunks are. The same bytes come of ' +
    'it as of weft conv and weft run, whatever befalls workers. Submitted again, only what is missing, failed or changed is done.'
  const flags = 'The flags of weft conv and weft run that say what to compute (weft conv --help, weft run --help), and these:'
  return [
    'weft submit: put a job on a queue, for workers on many machines',
    section('USAGE', [
      '  weft submit conv INPUT... -o OUTPUT --kernel NAME --queue URL [flags]',
      '  weft submit run MODEL INPUT... -o OUTPUT --queue URL [flags]',
    ]),
    wrap(about),
    section('EXAMPLES', [
      '  weft submit conv photos/ -o out/ --kernel sobel --queue redis://host/0',
      '  weft submit run model.onnx photos/ -o all.jsonl --preset imagenet \\',
      '      --queue redis://host/0 --chunk 100',
      '  weft status --queue redis://host/0',
    ]),
    wrap(flags),
    ...flagSections(SUBMIT_SECTIONS, SUBMIT_COMMON_FLAGS),
    section('EXIT CODES', [
      table([
        ['0', 'the job is on the queue'],
        ...EXIT_TEXT.filter(([code]) => ['2', '3'].includes(code)),
        ['5', 'the queue cannot be reached, or another process is at work there: another time may do'],
        ['7', 'weft could not run at all'],
      ]),
    ]),
  ].join('\n\n')
}

export function workerHelp(): string {
  const about =
    'Takes chunks of jobs from a queue, one at a time, each on every thread, until it is stopped. A worker that dies loses nothing: its ' +
    'chunk is given to another, which does what is left of it. Where the queue cannot be reached it waits. Ctrl-C or SIGTERM ' +
    'finishes the items under way and gives the rest of the chunk back; the same signal again stops at once.'
  return [
    'weft worker: do what weft submit put on a queue',
    section('USAGE', ['  weft worker --queue URL [flags]']),
    wrap(about),
    section('EXAMPLES', ['  weft worker --queue redis://host/0 --folder /mnt/shared --threads 8']),
    section('FLAGS', [table([...Object.entries(WORKER_FLAGS).map(([name, flag]): Row => flagRow(name, flag)), ...COMMON])]),
    section('EXIT CODES', [
      table([
        ['0', 'it was stopped, and gave back what it had'],
        ['2', 'a flag or its value cannot be used'],
        ['3', 'the shared folder is not there'],
        ['7', 'weft could not run at all'],
      ]),
    ]),
  ].join('\n\n')
}
