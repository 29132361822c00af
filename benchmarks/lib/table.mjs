/** @file The results as a table, in Markdown so that it can go into README.md as it is. */

/** Three significant digits. */
const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

const withSpread = (value, [low, high]) => `${digits(value)} (${digits(low)}-${digits(high)})`;

/** @returns the machine, the versions, and one row a case: ms of one step as median (quartiles), ratios behind the peers */
export function formatTable({ machine, missing, rows }) {
  const peers = [...new Set(rows.flatMap((row) => Object.keys(row.ratios)))];
  const header = [
    "case",
    "threads",
    "ours, ms",
    "arena, µs/play",
    "build, ms",
    ...peers.flatMap((name) => [`${name}, ms`, "ratio"]),
  ];
  const body = rows.map((row) => [
    row.name,
    row.copies > 1 ? `${row.copies} x ${row.threads}` : String(row.threads),
    withSpread(row.ours_ms, row.spread),
    row.arena_overhead_us_per_play.toFixed(0),
    row.build_ms.toFixed(0),
    ...peers.flatMap((name) =>
      name in row.ratios
        ? [withSpread(row.peers[name], row.peers_spread[name]), withSpread(row.ratios[name], row.ratios_spread[name])]
        : ["-", "-"],
    ),
  ]);
  return [
    ...about(machine, rows),
    ...withouts(missing, rows),
    "",
    ...markdown([header, header.map(() => "---"), ...body]),
  ].join("\n");
}

function about({ cpu, cores, memoryGiB, platform, node, loadAtStart }, rows) {
  const lines = [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node ${node}; load at the start ${loadAtStart.toFixed(2)}`,
  ];
  const versions = new Map(rows.flatMap((row) => Object.entries(row.versions)));
  for (const [name, parts] of versions)
    lines.push(`${name}: ${Object.entries(parts).map((part) => part.join(" ")).join(", ")}`); // prettier-ignore
  lines.push(
    "Median and quartiles over the rounds; ratio = the peer's median / ours, with the quartiles of the rounds' ratios.",
  );
  return lines;
}

/** Nobody is left out unsaid, and no disturbance. */
function withouts(missing, rows) {
  const busy = rows.flatMap(({ name, disturbed_turns: turns }) =>
    turns > 0 ? [`${name}: others used the machine during ${turns} turns, look at its ratios only`] : [],
  );
  const failed = rows.flatMap(({ name, failures }) =>
    Object.entries(failures).map(([peer, message]) => `without ${peer} in ${name}: ${message.split("\n")[0]}`),
  );
  return [...Object.entries(missing).map(([peer, reason]) => `without ${peer}: ${reason}`), ...failed, ...busy];
}

function markdown(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map(
    (line) => `| ${line.map((cell, i) => cell.padEnd(widths[i], cell === "---" ? "-" : " ")).join(" | ")} |`,
  );
}
