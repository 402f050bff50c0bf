// What --help teaches: examples, how a problem is written, how to read the table.
import { suiteNames } from './suites.ts'

const EXAMPLES = `EXAMPLES
  weft-bench scale 'ic64ih56oc64kh3ph1'           a problem, on 1 to every core
  weft-bench scale resnet50 --threads 1,2,4       every distinct convolution
  weft-bench scale lecture --json scale.json      the table, and all numbers
  weft-bench scale my-layers.txt --mode items     a suite file of your own
  weft-bench scale --list                         the suites`

export const ABOUT = {
  brief: 'How fast weft is on this machine: over its cores, and beside others',
  fullDescription: `How weft scales over the cores of this machine, and how fast beside others.

${EXAMPLES}
  weft-bench layers --suite resnet50              every layer, weft alone
  weft-bench layers --peers onnxruntime-node,pytorch     and beside others
  weft-bench model resnet18.onnx --peers onnxruntime-node     a whole network
  weft-bench scale resnet50 --html scale.html     a page with charts
  weft-bench report scale.json layers.json        a page of kept results
  weft-bench compare before.json after.json       what became slower or faster

'weft-bench scale --help' tells how a problem is written and what is measured.`,
}

export const SCALE_HELP = `Runs convolutions on 1 to every core, both ways of using the cores, and prints
time, GFLOP/s, speed-up and efficiency beside the machine's own measured peak.

${EXAMPLES}

A PROBLEM is written as benchdnn writes it, each number after its key:
  g groups, mb batch, ic and oc channels in and out, tr1 transposed, n"a name"
  i o k s p d of d h w: input, output, kernel, stride, padding and dilation of
  depth, height and width: ih56, kw3, sh2
'ic64ih56oc64kh3ph1' is 64 to 64 channels, 56x56, kernel 3x3, padding 1. The
width is as the height where it is left out; stride is then 1, padding 0,
dilation 0 (no gap between taps). With id it is 3-D, with iw alone 1-D.
'g32ic32ih112oc32kh3ph1' is depthwise.

A SUITE is ${suiteNames().join(', ')},
or a file with a problem a line; # begins a comment. A name that ends in *3
stands for three such convolutions, and the suite's total counts it so.

WHAT IS MEASURED. Input and output lie in the shared memory of the threads.
  channels  all threads share one item: the time is its latency
  items     a batch of as many items as threads, each takes its own: the time
            is that of the batch over its items
Every way and thread count is prepared first, one thread always among them, as
speed-up is relative to it. Then they run in turn, one round thrown away and
five kept, so that a machine that drifts favours none. GFLOP/s is 2 x the
multiply-accumulates, padding counted, over the median. The peak is multiply-
adds on registers alone, on one core. Every result must have the bits that one
thread gives, or the exit code is 1.

EXIT CODES  0 all went well; 1 something failed or differed; 2 the command line
was not understood, or this Node is too old.`
