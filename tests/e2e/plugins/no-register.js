export const variant = { name: "lonely" };
