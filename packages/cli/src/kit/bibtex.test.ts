import { expect, test } from "vitest";
import { bibtexOf } from "./bibtex.js";

test("a preprint that was published: the year and the place of the proceedings, the key of the preprint", () => {
  const paper = {
    title: "Improved Training of Wasserstein GANs",
    authors: "Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville",
    year: 2017,
    arxiv: "1704.00028",
    venue: "NeurIPS 2018",
  };
  expect(bibtexOf(paper)).toBe(`@inproceedings{gulrajani2017improved,
  title = {{Improved Training of Wasserstein GANs}},
  author = {Gulrajani and Ahmed and Arjovsky and Dumoulin and Courville},
  year = {2018},
  booktitle = {NeurIPS},
  eprint = {1704.00028},
  archiveprefix = {arXiv},
  url = {https://arxiv.org/abs/1704.00028},
}`);
});

test("a preprint only; names with and, et al. and accents; signs that TeX would take for commands", () => {
  const paper = {
    title: "The R&D of 100% GANs",
    authors: "Jean Müller and Ye et al.",
    year: 2020,
    arxiv: "2001.00001",
  };
  expect(bibtexOf(paper)).toBe(`@misc{muller2020r,
  title = {{The R\\&D of 100\\% GANs}},
  author = {Jean Müller and Ye and others},
  year = {2020},
  eprint = {2001.00001},
  archiveprefix = {arXiv},
  url = {https://arxiv.org/abs/2001.00001},
}`);
});

test("neither arXiv nor venue", () => {
  expect(bibtexOf({ title: "Nothing", authors: "Nobody", year: 2026 })).toBe(
    "@misc{nobody2026nothing,\n  title = {{Nothing}},\n  author = {Nobody},\n  year = {2026},\n}",
  );
});
