/** @file What is written for batch systems is what they read: the YAML is parsed, the script is run by a shell. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { RenderRequest } from "./contract.js";
import { renderKubernetes } from "./kubernetes.js";
import { renderSlurm } from "./slurm.js";

const folder = mkdtempSync(join(tmpdir(), "gan-arena-render-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const request: RenderRequest = {
  sweepId: "20261124-101112-sweep-Grid-x7k2",
  trials: 12,
  home: "/shared/my arena",
  command: ["gan-arena"],
  parallel: 4,
  retries: 3,
  cpus: 2,
  gpus: 1,
  memoryGiB: 8,
  image: "registry/gan-arena:0.1",
};

describe("kubernetes", () => {
  const [file] = renderKubernetes({ ...request, command: ["sh", "-c", "$(date)"] }).files;
  const job = parse(file?.text ?? "") as {
    metadata: { name: string };
    spec: Record<string, unknown> & { template: { spec: { containers: Record<string, unknown>[] } } };
  };
  const [container] = job.spec.template.spec.containers;

  test("one index a trial, retries counted by index, exit codes 2 and 42 never tried again", () => {
    expect(job.metadata.name).toBe("20261124-101112-sweep-grid-x7k2");
    expect(job.spec).toMatchObject({
      completionMode: "Indexed",
      completions: 12,
      parallelism: 4,
      backoffLimitPerIndex: 3,
      maxFailedIndexes: 12,
    });
    expect(job.spec["podFailurePolicy"]).toEqual({
      rules: [
        { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] },
        { action: "FailIndex", onExitCodes: { containerName: "trial", operator: "In", values: [2, 42] } },
      ],
    });
  });
  test("the command gets the index, and a dollar of the user's stays one", () => {
    expect(container).toMatchObject({
      image: "registry/gan-arena:0.1",
      command: [
        "sh",
        "-c",
        "$$(date)",
        "sweep",
        "trial",
        request.sweepId,
        "$(JOB_COMPLETION_INDEX)",
        "--home",
        request.home,
      ],
      resources: { limits: { cpu: "2", memory: "8Gi", "nvidia.com/gpu": "1" } },
      volumeMounts: [{ name: "home", mountPath: request.home }],
    });
  });
});

describe("slurm", () => {
  const text = renderSlurm(request).files[0]?.text ?? "";
  test("one index a trial, with its needs", () => {
    expect(text.split("\n").filter((line) => line.startsWith("#SBATCH"))).toEqual([
      `#SBATCH --job-name=${request.sweepId}`,
      "#SBATCH --array=0-11%4",
      "#SBATCH --cpus-per-task=2",
      "#SBATCH --gpus-per-task=1",
      "#SBATCH --mem=8192M",
      "#SBATCH --requeue",
      "#SBATCH --open-mode=append",
      "#SBATCH --signal=B:TERM@120",
      `#SBATCH --output=/shared/my arena/sweeps/${request.sweepId}/slurm-%A_%a.out`,
    ]);
  });

  test("arrays hold a thousand trials: 2,500 are three files", () => {
    const { files, submit } = renderSlurm({ ...request, trials: 2500 });
    expect(submit).toEqual(["sbatch slurm-0.sbatch", "sbatch slurm-1000.sbatch", "sbatch slurm-2000.sbatch"]);
    expect(files.map((file) => /--array=(\S+)/u.exec(file.text)?.[1])).toEqual(["0-999%4", "0-999%4", "0-499%4"]);
    expect(files[2]?.text).toContain("trial=$((2000 + SLURM_ARRAY_TASK_ID))");
  });

  test.runIf(process.platform !== "win32").each([
    [0, ""],
    [42, ""],
    [75, "requeue 7_5\n"],
    [143, "requeue 7_5\n"],
  ])("a shell runs it: exit code %i is passed on, and asks for a requeue where it should", (code, requeued) => {
    const log = join(folder, `log-${code}`);
    writeFileSync(log, "");
    for (const [name, body] of Object.entries({
      "my arena": `echo "$@" > '${join(folder, "words")}'; exit ${code}`,
      scontrol: `echo "$@" >> '${log}'`,
    })) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    const script = renderSlurm({ ...request, command: [join(folder, "my arena")] }).files[0]?.text ?? "";
    const env = { PATH: `${folder}:${process.env["PATH"]}`, SLURM_ARRAY_TASK_ID: "5", SLURM_ARRAY_JOB_ID: "7" };
    let status = 0;
    try {
      execFileSync("bash", ["-c", script], { env });
    } catch (error) {
      ({ status } = error as { status: number });
    }
    expect(status).toBe(code);
    expect(readFileSync(join(folder, "words"), "utf8")).toBe(
      `sweep trial ${request.sweepId} 5 --home /shared/my arena\n`,
    );
    expect(readFileSync(log, "utf8")).toBe(requeued);
  });
});
