/**
 * @file Training steps and sampling of ours and of the peers, measured in turns on one machine. README.md says what is measured.
 *
 *     node benchmarks/run.mjs [--peers torch,tfjs-node] [--only name,…] [--rounds 8] [--turn-ms 1500] [--patience 30]
 *                             [--threads n] [--json] [--python path] [--make-venv]
 */
import { parseArgs } from "node:util";
import { CASES, caseByName } from "./cases/index.mjs";
import { list, positive, runCommandLine } from "./lib/command.mjs";
import { describeMachine } from "./lib/machine.mjs";
import { measureCase, rowOf } from "./lib/measure.mjs";
import { formatTable } from "./lib/table.mjs";
import { defaultPython, makeVenv, PEERS } from "./peers/index.mjs";

function readOptions() {
  const { values } = parseArgs({
    options: {
      peers: { type: "string", default: "torch,tfjs-node" },
      only: { type: "string" },
      rounds: { type: "string", default: "8" },
      "turn-ms": { type: "string", default: "1500" },
      // Instead of each case's own number.
      threads: { type: "string" },
      // Seconds to wait for a turn in which nobody else uses the machine.
      patience: { type: "string", default: "30" },
      python: { type: "string", default: defaultPython },
      "make-venv": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const peers = list(values.peers);
  for (const name of peers)
    if (!(name in PEERS)) throw new Error(`unknown peer "${name}"; known are ${Object.keys(PEERS).join(", ")}`);
  const cases = values.only === undefined ? CASES : list(values.only).map(caseByName);
  const threads = values.threads === undefined ? undefined : positive("threads", values.threads);
  return {
    cases: threads === undefined ? cases : cases.map((played) => ({ ...played, threads })),
    peers,
    rounds: positive("rounds", values.rounds),
    turnMs: positive("turn-ms", values["turn-ms"]),
    patienceMs: 1000 * positive("patience", values.patience),
    python: values.python,
    makeVenv: values["make-venv"],
    json: values.json,
  };
}

async function main(options) {
  if (options.makeVenv) await makeVenv();
  const missing = {};
  for (const name of options.peers) {
    const reason = PEERS[name].unavailable(options);
    if (reason) missing[name] = reason;
    if (reason) console.error(`without ${name}: ${reason}`);
  }
  const peers = options.peers.filter((name) => !(name in missing));

  const machine = describeMachine();
  const rows = [];
  for (const played of options.cases) {
    console.error(`${played.name} (${rows.length + 1} of ${options.cases.length})`);
    const measured = await measureCase(played, { ...options, peers });
    for (const [name, message] of Object.entries(measured.failures)) console.error(`${name} failed: ${message}`);
    rows.push(rowOf(played, measured));
  }
  const document = { machine, missing, rows };
  console.log(options.json ? JSON.stringify(document, undefined, 2) : formatTable(document));
}

await runCommandLine(readOptions, main);
