import { expect, it } from "vitest";
import { erfc, logMass, logNdtr, ndtr, ndtri, ndtriExp } from "./normal.js";

// Values of scipy.special 1.17: erfc, ndtr, log_ndtr, ndtri.
it.each([
  [-2, 1.9953222650189528],
  [0.1, 0.8875370839817152],
  [0.5, 0.4795001221869535],
  [3, 2.2090496998585445e-5],
  [6, 2.1519736712498913e-17],
  [20, 5.395865611607901e-176],
])("erfc(%d)", (x, expected) => {
  expect(erfc(x)).toBeAllclose(expected, 1e-14, 0);
});

it.each([
  [-40, -804.6084420137538],
  [-5, -15.064998393988725],
  [-0.5, -1.1759117615936185],
  [7, -1.279812543885835e-12],
])("logNdtr(%d)", (x, expected) => {
  expect(logNdtr(x)).toBeAllclose(expected, 1e-13, 0);
});

it.each([1e-300, 1e-20, 0.001, 0.3, 0.5, 0.77, 0.9999])("ndtr(ndtri(%d)) is the same again", (p) => {
  expect(ndtr(ndtri(p))).toBeAllclose(p, 1e-12, 0);
});

it.each([-5000, -700, -100, -1, -0.1, -1e-10])("logNdtr(ndtriExp(%d)) is the same again", (logP) => {
  expect(logNdtr(ndtriExp(logP))).toBeAllclose(logP, 1e-9, 0);
});

it("logMass does not cancel: [8, 9] is the mirror of [-9, -8], and [-1, 1] holds 0.6827", () => {
  expect(logMass(8, 9)).toBe(logMass(-9, -8));
  expect(logMass(8, 9)).toBeAllclose(Math.log(ndtr(-8) - ndtr(-9)), 1e-12, 0);
  expect(Math.exp(logMass(-1, 1))).toBeAllclose(0.6826894921370859, 1e-13, 0);
});
