export const register = () => {
  throw new Error("no such table");
};
