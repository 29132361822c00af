throw new Error("the licence server is away");
