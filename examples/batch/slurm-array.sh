#!/bin/bash
# A batch split over a Slurm array: sbatch slurm-array.sh
# weft reads SLURM_ARRAY_TASK_ID, _COUNT and _MIN by itself. Slurm sends SIGTERM a minute before the time is up: what is under way
# is finished, and submitting again goes on from there. Exit code 5 says that another time may do the rest: back into the queue.
#SBATCH --job-name=weft-sobel
#SBATCH --array=1-8
#SBATCH --cpus-per-task=4
#SBATCH --time=02:00:00
#SBATCH --signal=B:TERM@60
#SBATCH --requeue

weft conv "$HOME/photos" -o "$HOME/out" --kernel sobel --threads "$SLURM_CPUS_PER_TASK" --retries 3 &
weft=$!
trap 'kill -TERM $weft' TERM
wait $weft
status=$?
# A wait that a signal cut off says so by a number above 128; the command itself is waited for again.
if [ $status -gt 128 ] && kill -0 $weft 2>/dev/null; then
  wait $weft
  status=$?
fi
if [ $status -eq 5 ] || [ $status -eq 143 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit $status

# When all are done, once: weft merge "$HOME/out"
