const check = (() => {
  return {start() {}};
})();
