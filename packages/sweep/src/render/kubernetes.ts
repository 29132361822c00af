/** @file A sweep as an Indexed Job of Kubernetes (1.33 or newer, where retries are counted by index). */
import { taskWords, type Rendered, type RenderRequest } from "./contract.js";

/** Names of objects: 63 characters, lower case. */
const objectName = (sweepId: string): string =>
  sweepId
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/gu, "-")
    .slice(0, 63)
    .replaceAll(/^-+|-+$/gu, "");

/** JSON is YAML: quotes and escapes are right whatever the text holds. */
const quoted = (text: string | number): string => JSON.stringify(String(text));

/** Kubernetes replaces `$(NAME)` in arguments by itself; a dollar of the user's must stay one. */
const argument = (word: string): string => quoted(word.replaceAll("$(", () => "$$("));

export function renderKubernetes(request: RenderRequest): Rendered {
  const { sweepId, trials, parallel, retries, cpus, gpus, memoryGiB, home } = request;
  const name = objectName(sweepId);
  const words = taskWords(request, "INDEX").map((word) =>
    word === "INDEX" ? quoted("$(JOB_COMPLETION_INDEX)") : argument(word),
  );
  const resources = [
    `cpu: ${quoted(cpus)}`,
    ...(memoryGiB === undefined ? [] : [`memory: ${quoted(`${memoryGiB}Gi`)}`]),
    ...(gpus > 0 ? [`nvidia.com/gpu: ${quoted(gpus)}`] : []),
  ];
  const block = (lines: readonly string[], indent: number) =>
    lines.map((line) => `${" ".repeat(indent)}${line}`).join("\n");
  const text = `# Written by gan-arena. Each index plays one trial; gather the results with: gan-arena sweep collect ${sweepId}
apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/name: gan-arena
    app.kubernetes.io/instance: ${name}
spec:
  completionMode: Indexed
  completions: ${trials}
  parallelism: ${Math.min(parallel, trials)}
  # A trial that is interrupted, by exit code 75 or a crash, is tried again; the others do not wait for it.
  backoffLimitPerIndex: ${retries}
  maxFailedIndexes: ${trials}
  podFailurePolicy:
    rules:
      # A machine that is taken away is not the trial's fault: it does not count.
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
      # 2: the user's error, 42: never again.
      - action: FailIndex
        onExitCodes:
          containerName: trial
          operator: In
          values: [2, 42]
  template:
    metadata:
      labels:
        app.kubernetes.io/name: gan-arena
        app.kubernetes.io/instance: ${name}
    spec:
      restartPolicy: Never
      # Time for the checkpoint that is written when the pod is asked to go.
      terminationGracePeriodSeconds: 120
      containers:
        - name: trial
          image: ${quoted(request.image ?? "gan-arena:latest")}
          command:
${block(
  words.map((word) => `- ${word}`),
  12,
)}
          resources:
            requests:
${block(resources, 14)}
            limits:
${block(resources, 14)}
          volumeMounts:
            - name: home
              mountPath: ${quoted(home)}
      volumes:
        - name: home
          persistentVolumeClaim:
            claimName: ${quoted(request.volumeClaim ?? "gan-arena")}
`;
  return { files: [{ name: "kubernetes-job.yaml", text }], submit: ["kubectl apply -f kubernetes-job.yaml"] };
}
