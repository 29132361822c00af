/** @file Pictures in a grid with names: one column a variant, one row a seed. */
import type { Picture } from "@gan-arena/core/base";
import { drawText, GLYPH_ADVANCE, GLYPH_HEIGHT } from "./font.js";

export interface Panel {
  readonly column: string;
  readonly row: string;
  readonly picture: Picture;
}

const GAP = 8;
const SCALE = 2;
const TITLE = GLYPH_HEIGHT * SCALE + GAP;
const BACKGROUND = 255;
const INK = 32;

/**
 * One picture of all panels, in colour when one of them is; columns and rows in the order in which they first appear. A
 * place without a panel stays empty.
 * @throws RangeError without panels
 */
export function sideBySide(panels: readonly Panel[]): Picture {
  if (panels.length === 0) throw new RangeError("sideBySide needs at least one panel");
  const columns = [...new Set(panels.map(({ column }) => column))];
  const rows = [...new Set(panels.map(({ row }) => row))];
  const cellHeight = Math.max(...panels.map(({ picture }) => picture.height));
  const textWidth = (text: string) => text.length * GLYPH_ADVANCE * SCALE;
  const cellWidth = Math.max(...panels.map(({ picture }) => picture.width), ...columns.map(textWidth));
  const margin = GAP + Math.max(...rows.map(textWidth));
  const channels = panels.some(({ picture }) => picture.channels === 3) ? 3 : 1;
  const width = margin + columns.length * (cellWidth + GAP) + GAP;
  const height = TITLE + GAP + rows.length * (cellHeight + GAP);
  const canvas: Canvas = { width, height, channels, data: new Uint8Array(width * height * channels).fill(BACKGROUND) };

  const left = (column: number) => margin + GAP + column * (cellWidth + GAP);
  const top = (row: number) => TITLE + GAP + row * (cellHeight + GAP);
  columns.forEach((name, i) => write(canvas, name, { x: left(i), y: GAP }));
  rows.forEach((name, i) => write(canvas, name, { x: GAP, y: top(i) }));
  for (const { column, row, picture } of panels)
    paste(canvas, picture, { x: left(columns.indexOf(column)), y: top(rows.indexOf(row)) });
  return canvas;
}

type Canvas = Picture & { readonly data: Uint8Array };
interface At {
  readonly x: number;
  readonly y: number;
}

function write(canvas: Canvas, text: string, at: At): void {
  const { width, channels, data } = canvas;
  drawText(text, (x, y) => {
    for (let dy = 0; dy < SCALE; dy++)
      for (let dx = 0; dx < SCALE; dx++) {
        const pixel = (at.y + y * SCALE + dy) * width + at.x + x * SCALE + dx;
        data.fill(INK, pixel * channels, (pixel + 1) * channels);
      }
  });
}

function paste(canvas: Canvas, picture: Picture, at: At): void {
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++) {
      const from = (y * picture.width + x) * picture.channels;
      const to = ((at.y + y) * canvas.width + at.x + x) * canvas.channels;
      // Grey in a canvas of colours is the same value three times.
      for (let c = 0; c < canvas.channels; c++)
        canvas.data[to + c] = picture.data[from + (picture.channels === 1 ? 0 : c)] ?? 0;
    }
}
