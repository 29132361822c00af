/** @file A sweep as array jobs of Slurm. */
import { taskWords, type RenderedFile, type Rendered, type RenderRequest } from "./contract.js";

/** Slurm's own default of MaxArraySize is 1001: indices from 0 to 1000. */
const LARGEST_ARRAY = 1000;

const quoted = (word: string): string =>
  /^[\w./:@=+,-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

export function renderSlurm(request: RenderRequest): Rendered {
  const files: RenderedFile[] = [];
  for (let first = 0; first < request.trials; first += LARGEST_ARRAY) {
    const count = Math.min(LARGEST_ARRAY, request.trials - first);
    const name = request.trials > LARGEST_ARRAY ? `slurm-${first}.sbatch` : "slurm.sbatch";
    files.push({ name, text: script(request, first, count) });
  }
  return { files, submit: files.map(({ name }) => `sbatch ${name}`) };
}

function script(request: RenderRequest, first: number, count: number): string {
  const { sweepId, cpus, gpus, memoryGiB, parallel, retries, home } = request;
  const words = taskWords(request, "INDEX").map((word) => (word === "INDEX" ? '"$trial"' : quoted(word)));
  const folder = `${home}/sweeps/${sweepId}`;
  return `#!/bin/bash
# Written by gan-arena. Each index plays one trial; gather the results with: gan-arena sweep collect ${sweepId}
#SBATCH --job-name=${sweepId}
#SBATCH --array=0-${count - 1}%${Math.min(parallel, count)}
#SBATCH --cpus-per-task=${Math.ceil(cpus)}
${gpus > 0 ? `#SBATCH --gpus-per-task=${gpus}\n` : ""}${
    memoryGiB === undefined ? "" : `#SBATCH --mem=${Math.ceil(memoryGiB * 1024)}M\n`
  }#SBATCH --requeue
#SBATCH --open-mode=append
# Asked to go two minutes before the time is over: that is enough for a checkpoint.
#SBATCH --signal=B:TERM@120
#SBATCH --output=${folder}/slurm-%A_%a.out

trial=$((${first} + SLURM_ARRAY_TASK_ID))
${words.join(" ")} &
child=$!
# The shell gets the signal and the trial needs it.
trap 'kill -TERM "$child"' TERM
wait "$child"
code=$?
# A wait that a signal has ended says 143 before the trial has written its checkpoint.
while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
# Interrupted (130, 143) or asked for (75): once more, up to a limit; it goes on from its checkpoint.
case $code in
  75 | 130 | 143)
    if [ "\${SLURM_RESTART_COUNT:-0}" -lt ${retries} ]; then
      scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"
    fi
    ;;
esac
exit "$code"
`;
}
