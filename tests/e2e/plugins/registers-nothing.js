export const register = () => undefined;
