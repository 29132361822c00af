/** @file Images side by side. */
import type { HostTensor } from "../../contracts/tensors.js";
import type { Picture } from "../../contracts/tracker.js";
import { shapeMismatch } from "../../errors.js";

/**
 * The images row by row on black, `gap` pixels apart.
 * @param images `[N,H,W,C]` in [-1,1], C 1 or 3; values outside are clipped
 * @param options.columns default: as square as can be, for example 8 for 64 images
 * @throws GanError SHAPE_MISMATCH
 */
export function imageGrid(
  images: HostTensor,
  options: { readonly columns?: number; readonly gap?: number } = {},
): Picture {
  const [count = 0, height = 0, width = 0, channels = 0] = images.shape;
  if (images.shape.length !== 4 || count === 0 || (channels !== 1 && channels !== 3))
    throw shapeMismatch("picture", "images", "[N,H,W,C] with C 1 or 3", images.shape, "return such images from the view");
  const { columns = Math.ceil(Math.sqrt(count)), gap = 2 } = options;
  const rows = Math.ceil(count / columns);
  const gridWidth = columns * (width + gap) + gap;
  const gridHeight = rows * (height + gap) + gap;
  const data = new Uint8Array(gridWidth * gridHeight * channels);
  const rowLength = width * channels;
  for (let image = 0; image < count; image++) {
    const left = gap + (image % columns) * (width + gap);
    const top = gap + Math.floor(image / columns) * (height + gap);
    for (let y = 0; y < height; y++) {
      const from = (image * height + y) * rowLength;
      const to = ((top + y) * gridWidth + left) * channels;
      for (let i = 0; i < rowLength; i++) data[to + i] = toByte(images.data[from + i]);
    }
  }
  return { width: gridWidth, height: gridHeight, channels, data };
}

/** -1 is 0, 1 is 255; what is not a number is 0. */
const toByte = (value: number): number => Math.min(255, Math.max(0, Math.round((value + 1) * 127.5))) || 0;
