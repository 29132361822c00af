// @ts-check
/* The script of the report, put into the page as it is. It draws the curves and moves the samples through training. */
"use strict";
(() => {
  /**
   * @typedef {{ label: string, look: number, bold: boolean, kimg: number[], seconds: number[], values: (number | null)[] }} Line
   * @typedef {{ id: string, title: string, lines: Line[] }} Chart
   * @typedef {{ kimg: number, png: string }} Picture
   * @typedef {{ samples: { stops: number[], histories: Picture[][] }, charts: Chart[] }} Data
   */
  /** @type {typeof import("uplot")} */
  const Plot = /** @type {any} */ (globalThis).uPlot;
  /** @type {Data} */
  const data = JSON.parse(document.getElementById("data")?.textContent ?? "");
  const root = document.documentElement;
  /** Strokes of the eight looks: with colour alone some readers could not tell the lines apart. */
  const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3], [], [7, 4], [2, 3], [9, 3, 2, 3]];
  const HEIGHT = 240;
  const LOGARITHMIC = /** @type {any} */ (3);

  /** @param {string} name of a custom property */
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  /** @param {string} name of a group of radio buttons */
  const chosen = (name) => {
    const input = document.querySelector(`input[name="${name}"]:checked`);
    return input instanceof HTMLInputElement ? input.value : "";
  };
  /** @param {number} value */
  const format = (value) =>
    value === 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6)
      ? Number(value.toPrecision(4)).toLocaleString("en-US", { maximumSignificantDigits: 4 })
      : value.toExponential(1);

  /** @param {HTMLElement} figure @param {Chart} chart the bold lines get an entry that shows their value at the cursor */
  function fillLegend(figure, chart) {
    const legend = /** @type {HTMLElement} */ (figure.querySelector(".legend"));
    return chart.lines.map((line) => {
      if (!line.bold) return undefined;
      const entry = document.createElement("span");
      entry.className = `chip look${line.look}`;
      const key = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      key.setAttribute("width", "22");
      key.setAttribute("height", "8");
      key.setAttribute("aria-hidden", "true");
      const stroke = document.createElementNS("http://www.w3.org/2000/svg", "line");
      for (const [name, value] of Object.entries({
        x1: "0",
        x2: "22",
        y1: "4",
        y2: "4",
        stroke: "var(--look)",
        "stroke-width": "2.5",
        "stroke-dasharray": DASHES[line.look].join(" "),
      }))
        stroke.setAttribute(name, value);
      key.append(stroke);
      const value = document.createElement("b");
      entry.append(key, line.label, value);
      legend.append(entry);
      return value;
    });
  }

  /** @param {Chart} chart */
  function mount(chart) {
    const figure = /** @type {HTMLElement} */ (document.getElementById(chart.id));
    const box = /** @type {HTMLElement} */ (figure.querySelector(".plot"));
    const values = fillLegend(figure, chart);
    const positive = chart.lines.every((line) => line.values.every((value) => value === null || value > 0));
    /** @type {uPlot | undefined} */
    let plot;

    /** The value of a line at the cursor, or the last one at or before it: not every line has a point at every x. */
    function showValues() {
      if (!plot) return;
      const at = plot.cursor.idx;
      values.forEach((cell, i) => {
        if (!cell) return;
        const series = plot?.data[i + 1] ?? [];
        let k = at ?? series.length - 1;
        while (k > 0 && (series[k] === undefined || series[k] === null)) k--;
        const value = series[k];
        cell.textContent = value === undefined || value === null ? "–" : format(value);
      });
    }

    function draw() {
      const x = chosen("x") === "seconds" ? "seconds" : "kimg";
      const log = chart.id.startsWith("metric") && chosen("scale") === "log" && positive;
      const ink = colour("--soft");
      const grid = { stroke: colour("--line"), width: 1 };
      plot?.destroy();
      plot = new Plot(
        {
          width: box.clientWidth,
          height: HEIGHT,
          legend: { show: false },
          padding: [8, 12, 0, 0],
          cursor: { points: { size: 6 }, sync: { key: "charts", scales: ["x", null] }, focus: { prox: -1 } },
          scales: { x: { time: false }, y: log ? { distr: LOGARITHMIC } : {} },
          axes: [
            {
              stroke: ink,
              grid,
              ticks: grid,
              size: 42,
              gap: 4,
              label: x === "kimg" ? "kimg" : "seconds of training",
              labelSize: 16,
              labelFont: "12px system-ui, sans-serif",
              font: "12px system-ui, sans-serif",
              values: (_, splits) => splits.map(format),
            },
            {
              stroke: ink,
              grid,
              ticks: grid,
              size: 58,
              gap: 4,
              font: "12px system-ui, sans-serif",
              values: (_, splits) => splits.map((split) => (split === null ? "" : format(split))),
            },
          ],
          series: [
            {},
            ...chart.lines.map((line) => ({
              label: line.label,
              stroke: colour(`--c${line.look}`),
              alpha: line.bold ? 1 : 0.35,
              width: line.bold ? 2.25 : 1,
              dash: line.bold ? DASHES[line.look] : [],
              points: { show: line.bold && line.values.length < 12, size: 5, fill: colour(`--c${line.look}`) },
            })),
          ],
          hooks: { setCursor: [showValues], ready: [() => queueMicrotask(showValues)] },
        },
        Plot.join(chart.lines.map((line) => /** @type {uPlot.AlignedData} */ ([line[x], line.values]))),
        box,
      );
    }
    new ResizeObserver(() => {
      if (plot && box.clientWidth > 0 && box.clientWidth !== plot.width)
        plot.setSize({ width: box.clientWidth, height: HEIGHT });
    }).observe(box);
    draw();
    return draw;
  }

  function startCharts() {
    const redraws = data.charts.map(mount);
    const redraw = () => redraws.forEach((draw) => draw());
    for (const element of document.querySelectorAll(".switches")) {
      element.removeAttribute("hidden");
      element.addEventListener("change", redraw);
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    // Paper is white whatever the screen is.
    addEventListener("beforeprint", () => {
      root.dataset.theme = "light";
      redraw();
    });
    addEventListener("afterprint", () => {
      delete root.dataset.theme;
      redraw();
    });
  }

  function startSamples() {
    const { stops, histories } = data.samples;
    const slider = /** @type {HTMLInputElement | null} */ (document.getElementById("stop"));
    const label = document.getElementById("stop-label");
    const button = document.getElementById("play");
    if (!slider || !label || !button) return;
    slider.parentElement?.removeAttribute("hidden");
    const images = [...document.querySelectorAll("img[data-cell]")].filter(
      (image) => image instanceof HTMLImageElement,
    );

    function show() {
      const index = Number(slider?.value);
      const kimg = stops[index] ?? 0;
      const text = `${kimg.toLocaleString("en-US", { maximumFractionDigits: kimg < 10 ? 2 : 1 })} kimg`;
      if (label) label.textContent = text;
      slider?.setAttribute("aria-valuetext", text);
      for (const image of images) {
        const history = histories[Number(image.dataset.cell)] ?? [];
        // A run that stopped early, or that is drawn less often, keeps its last picture.
        const picture = history.findLast((candidate) => candidate.kimg <= kimg);
        image.classList.toggle("waiting", picture === undefined);
        const source = (picture ?? history[0])?.png;
        if (source !== undefined && image.getAttribute("src") !== source) image.src = source;
      }
    }

    /** @type {ReturnType<typeof setInterval> | undefined} */
    let timer;
    function stop() {
      clearInterval(timer);
      timer = undefined;
      if (button) {
        button.textContent = "▶";
        button.setAttribute("aria-label", "Play the training");
      }
    }
    button.addEventListener("click", () => {
      if (timer !== undefined) return stop();
      if (Number(slider.value) >= stops.length - 1) slider.value = "0";
      show();
      button.textContent = "❚❚";
      button.setAttribute("aria-label", "Pause");
      timer = setInterval(() => {
        slider.value = String(Number(slider.value) + 1);
        show();
        if (Number(slider.value) >= stops.length - 1) stop();
      }, 350);
    });
    slider.addEventListener("input", () => {
      stop();
      show();
    });
  }

  startSamples();
  startCharts();
})();
