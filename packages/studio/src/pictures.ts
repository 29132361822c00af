/** @file Pictures in the report: checked, and measured from their header so that the page does not jump. */
import { notAPng } from "./errors.js";
import { html, type Html } from "./html.js";
import type { ReportCell, ReportImage } from "./input.js";

const SIGNATURE = "89504e470d0a1a0a";

/** Pixels of a PNG data URI. @throws GanError INTERNAL when it is anything else */
function pngSize(uri: string, where: string): { width: number; height: number } {
  const match = /^data:image\/png;base64,([A-Za-z0-9+/]+={0,2})$/.exec(uri);
  // 32 characters of base64 are the 24 bytes up to the end of width and height.
  const header = Buffer.from(match?.[1]?.slice(0, 32) ?? "", "base64");
  if (header.length < 24 || header.toString("hex", 0, 8) !== SIGNATURE) throw notAPng(where, uri);
  return { width: header.readUInt32BE(16), height: header.readUInt32BE(20) };
}

/** Below this width single pixels of the samples shall be seen, not smoothed. */
const PIXEL_ART = 300;

/** @param attributes further attributes, for example where the script finds the picture */
export function picture(uri: string, alt: string, where: string, attributes: Html = html``): Html {
  const { width, height } = pngSize(uri, where);
  return html`<img
    src="${uri}"
    alt="${alt}"
    width="${width}"
    height="${height}"
    class="${width < PIXEL_ART ? "pixels" : ""}"
    ${attributes}
  />`;
}

/** The pictures of a run in order of kimg, the final one last. */
export function historyOf(cell: ReportCell): readonly ReportImage[] {
  const history = [...cell.imageHistory].sort((a, b) => a.kimg - b.kimg);
  const final = cell.finalImage;
  if (final === undefined || history.at(-1)?.png === final) return history;
  return [...history.filter(({ kimg }) => kimg < cell.kimg), { kimg: cell.kimg, png: final }];
}
