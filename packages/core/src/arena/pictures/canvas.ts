/** @file A small canvas in RGB: bars and soft dots are all that plots of points need. */
import type { Picture } from "../../contracts/tracker.js";

export type Colour = readonly [red: number, green: number, blue: number];

export class Canvas {
  private readonly data: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
    background: Colour,
  ) {
    this.data = new Uint8Array(width * height * 3);
    for (let i = 0; i < this.data.length; i++) this.data[i] = background[i % 3];
  }

  /** Mixes the colour into one pixel; outside the canvas nothing happens. @param alpha 0 = unseen, 1 = opaque */
  blend(x: number, y: number, colour: Colour, alpha: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const at = (y * this.width + x) * 3;
    for (let channel = 0; channel < 3; channel++) {
      const old = this.data[at + channel];
      this.data[at + channel] = Math.round(old + alpha * ((colour[channel]) - old));
    }
  }

  /** A disc whose edge fades over one pixel. @param x centre in pixels */
  dot(x: number, y: number, options: { readonly radius: number; readonly colour: Colour; readonly alpha: number }): void {
    const { radius, colour, alpha } = options;
    for (let row = Math.floor(y - radius - 1); row <= Math.ceil(y + radius + 1); row++)
      for (let column = Math.floor(x - radius - 1); column <= Math.ceil(x + radius + 1); column++) {
        const cover = Math.min(1, radius + 0.5 - Math.hypot(column - x, row - y));
        if (cover > 0) this.blend(column, row, colour, alpha * cover);
      }
  }

  /** Fills `[left,right)` x `[top,bottom)`. */
  bar(box: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }, colour: Colour, alpha = 1): void {
    for (let y = Math.round(box.top); y < Math.round(box.bottom); y++)
      for (let x = Math.round(box.left); x < Math.round(box.right); x++) this.blend(x, y, colour, alpha);
  }

  picture(): Picture {
    return { width: this.width, height: this.height, channels: 3, data: this.data };
  }
}
