// Amounts as whole minor units in BigInt: what is shown while typing adds up as exactly as what is posted.

export class Notation {
  constructor(decimalMark, groupMark, decimals) {
    this.decimalMark = decimalMark;
    this.groupMark = groupMark;
    this.decimals = decimals;
  }

  // The typed number in minor units; null when it is none or has more decimals than the currency. As on the server, a
  // foreign decimal mark counts where it can be nothing else: 12.5 is twelve and a half in Germany, too. A sum such as
  // 12,50+3-1 is added up.
  parse(text) {
    const terms = text.replace(/[\s\u00a0\u202f'’]/g, "").match(/[+-]?[^+-]+|[+-]/g) ?? [];
    const units = terms.map((term) => this.parseOne(term));
    return units.length && !units.includes(null) ? units.reduce((sum, one) => sum + one) : null;
  }

  parseOne(text) {
    const other = this.decimalMark === "." ? "," : ".";
    let typed = text;
    const own = typed.split(this.decimalMark);
    const foreign = new RegExp(`^[+-]?\\d*\\${other}\\d{1,2}$`);
    const grouped = new RegExp(`^[+-]?(\\d{1,3}(\\${other}\\d{2,3})*\\${other}\\d{3}|\\d*)$`);
    if (own.length <= 2 && grouped.test(own[0]) && /^\d*$/.test(own[1] ?? "")) {
      typed = own[0].replaceAll(other, "") + "." + (own[1] ?? "");
    } else if (foreign.test(typed)) {
      typed = typed.replace(other, ".");
    } else {
      return null;
    }
    const [, sign, whole, fraction = ""] = typed.match(/^([+-]?)(\d*)\.?(\d*)$/);
    if (!whole && !fraction) return null;
    const kept = fraction.replace(/0+$/, "");
    if (kept.length > this.decimals) return null;
    const units = BigInt((whole || "0") + kept.padEnd(this.decimals, "0"));
    return sign === "-" ? -units : units;
  }

  format(units) {
    const digits = (units < 0n ? -units : units).toString().padStart(this.decimals + 1, "0");
    const whole = digits.slice(0, digits.length - this.decimals).replace(/\B(?=(\d{3})+$)/g, this.groupMark);
    const fraction = this.decimals ? this.decimalMark + digits.slice(-this.decimals) : "";
    return (units < 0n ? "-" : "") + whole + fraction;
  }
}

// Half up, away from zero, as `ledger.money.quantize` rounds.
export function divideHalfUp(numerator, denominator) {
  const sign = numerator < 0n ? -1n : 1n;
  return (sign * (2n * sign * numerator + denominator)) / (2n * denominator);
}

// A rate in percent with up to four decimals, such as "19.0000", in ten-thousandths of a percent.
export function rateUnits(text) {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(4, "0").slice(0, 4));
}
