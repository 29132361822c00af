/** @file The executor `ray`: an existing cluster, through its Jobs REST API. */
import type { Executor, ExecutorContext } from "../contract.js";
import { notRay, tokenRejected, unreachable } from "../errors.js";
import { RayClient, type Answer } from "./client.js";
import { sendFolder } from "./package.js";
import { RaySession } from "./session.js";
import { readRaySettings } from "./settings.js";

export const rayExecutor: Executor = {
  name: "ray",
  summary: "jobs of an existing Ray cluster, through its Jobs REST API",
  async open(context: ExecutorContext) {
    const settings = readRaySettings(context.settings, context.env);
    const token = context.env["RAY_AUTH_TOKEN"];
    const client = new RayClient(settings.address, token === undefined || token === "" ? undefined : token);
    await greet(client);
    const { workingDir } = settings;
    const sent =
      workingDir === undefined || /^\w+:\/\//u.test(workingDir) ? workingDir : await sendFolder(client, workingDir);
    const session = new RaySession(client, settings, context, sent);
    await session.recall();
    // A trial that no node can hold is known before the first one waits for ever.
    await session.slots();
    return session;
  },
};

/** Is it there, does it let us in, and is it Ray? @throws GanError */
async function greet(client: RayClient): Promise<void> {
  let answer: Answer;
  try {
    answer = await client.call("GET", "/api/version");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw unreachable(client.address, code ?? message);
  }
  if (answer.status === 401 || answer.status === 403) throw tokenRejected(client.address, client.hasToken);
  if (answer.status >= 500) throw unreachable(client.address, `HTTP ${answer.status}`);
  if (answer.status !== 200 || !/"ray_version"/u.test(answer.text))
    throw notRay(client.address, `HTTP ${answer.status} at /api/version`);
}
