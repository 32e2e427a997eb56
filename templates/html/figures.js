// Numbers as a sheet writes them: rounded to decimals or to significant digits, halves to the even digit or up.
const figures = (() => {
  const KNOWN = 15; // Digits that a float is sure to have.
  const LONG = 7, SHORT = 3, TINY = -4; // Exponents of the first digit, see the module of the same subject in Python.

  // A decimal number: its sign, its digits without zeros behind them, and the exponent of the first one.
  function decimal(number, known = KNOWN) {
    const [mantissa, exponent] = Math.abs(number).toExponential(known - 1).split("e");
    const digits = mantissa.replace(".", "").replace(/0+$/, "");
    return {negative: number < 0, digits: digits || "0", size: digits ? Number(exponent) : 0};
  }

  const smallest = form => -Math.max(1, Math.floor(form.decimals / 2));
  const lastDigits = form => (form.significant === null ? Math.max(form.decimals - 1, 2) : form.significant);

  function last(size, form) {
    const byDecimals = form.significant === null && smallest(form) <= size && size < LONG;
    return byDecimals ? -form.decimals : size + 1 - lastDigits(form);
  }

  function cut(number, place, halfUp) {
    const kept = number.size - place + 1, {digits} = number;
    if (kept >= digits.length) return {...number, exact: true};
    const before = digits.slice(0, Math.max(kept, 0)) || "0", rest = digits.slice(Math.max(kept, 0));
    const half = rest[0] === "5" && !/[1-9]/.test(rest.slice(1)) && kept >= 0;
    const up = half ? halfUp || Number(before.at(-1)) % 2 === 1 : kept >= 0 && rest[0] >= "5";
    let whole = BigInt(before) + (up ? 1n : 0n);
    const text = whole.toString();
    const size = number.size + (kept > 0 ? text.length - before.length : text.length - kept);
    return {negative: number.negative, digits: text, size: kept > 0 ? size : place + text.length - 1, exact: false};
  }

  // A number rounded, with the digits that are to be written.
  function rounded(number, form) {
    const whole = decimal(number);
    if (whole.digits === "0") return {...whole, exact: true};
    const near = cut(whole, last(whole.size, form), form.half_up);
    if (near.exact || near.size <= whole.size) return near;
    return cut(whole, last(near.size, form), form.half_up);
  }

  // The same as a float, which is used from there on where one calculates on paper.
  function shownValue(number, form) {
    if (!Number.isFinite(number) || number === 0) return number;
    const {negative, digits, size} = rounded(number, form);
    return Number(`${negative ? "-" : ""}${digits[0]}.${digits.slice(1)}e${size}`);
  }

  function plain(size, lastPlace, form) {
    if (form.significant !== null) return TINY <= size && size < LONG && (lastPlace <= 0 || size < SHORT);
    return size < LONG && (size >= smallest(form) || lastPlace >= -form.decimals);
  }

  const point = (digits, places) => (
    places <= 0 ? `0.${"0".repeat(-places)}${digits}`
      : digits.length > places ? `${digits.slice(0, places)}.${digits.slice(places)}` : digits.padEnd(places, "0")
  );

  // A number that is not whole with the zeros that fill it up to as many digits as rounding leaves.
  function filled({digits, size, ...more}, form) {
    const place = form.significant === null ? -form.decimals : last(size, form);
    const missing = size < LONG && digits.length <= size ? 0 : size - digits.length + 1 - place;
    return {digits: digits.length > size + 1 && missing > 0 ? digits.padEnd(digits.length + missing, "0") : digits, size, ...more};
  }

  // What is written: a sign, digits, perhaps a power of ten; and whether that is the number itself.
  function written(number, form, isFull = false) {
    const found = rounded(number, form);
    const {negative, digits, size, exact} = isFull ? filled(found, form) : found;
    // Whole numbers are written with all their zeros.
    const lastPlace = Math.min(size - digits.length + 1, exact && size < LONG ? 0 : Infinity);
    const isPlain = plain(size, lastPlace, form);
    return {negative, text: point(digits, (isPlain ? size : 0) + 1), exponent: isPlain ? null : size, exact};
  }

  // A small number with a power of ten in decimals.
  const small = ({text: digits, exponent}) => point(digits.replace(".", ""), exponent + 1);

  // As plain text, with the mark of the language.
  function text(number, form, mark) {
    if (!Number.isFinite(number)) return null;
    const found = written(number, form);
    const power = found.exponent === null ? "" : ` × 10^${found.exponent}`;
    return `${found.negative ? "−" : ""}${found.text.replace(".", mark)}${power}`;
  }

  // A typed number: digits with a point or a comma, a fraction, a power of ten; else NaN.
  function typed(content) {
    const found = /^\s*([-+−]?\d*[.,]?\d*(?:[eE][-+]?\d+)?)\s*(?:\/\s*(\d+(?:[.,]\d+)?))?\s*$/.exec(content);
    if (!found || !/\d/.test(found[1])) return NaN;
    const [over, under] = [found[1], found[2] || "1"].map(part => Number(part.replace(",", ".").replace("−", "-")));
    return over / under;
  }

  return {written, small, shownValue, text, typed};
})();
