"""Numbers as text: the shortest digits that read back as the same number, laid out as the desktop lays them out."""

import math
from decimal import Decimal

import numpy


def float32_text(value):
    single = numpy.float32(value)
    wide = float(single)
    return special_text(wide) or laid_out(*shortest_digits(abs(single), abs(wide)), wide < 0)


def float64_text(value):
    return special_text(value) or laid_out(*digits_of(repr(abs(float(value)))), value < 0)


def special_text(value):
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    return None


def shortest_digits(magnitude, exact):
    """The digits of a positive float32, which is given as a float, too, and the exponent of the first."""
    digits, exponent = digits_of(numpy.format_float_scientific(magnitude, unique=True))
    # Of two texts that are equally near numpy takes the even one, and the desktop the larger. Only a number with one
    # more digit, a 5, lies in the middle: it is a whole number of halves of the last place.
    last_place = exponent - len(digits) + 1
    if last_place <= 0 and (exact * 2.0 ** (1 - last_place)).is_integer():
        distance = Decimal(exact) - Decimal(int(digits)).scaleb(last_place)
        if distance * 2 == Decimal(1).scaleb(last_place):
            larger = str(int(digits) + 1)
            exponent += len(larger) - len(digits)
            digits = larger.rstrip("0")
    return digits, exponent


def digits_of(text):
    """
    Of a positive number as Python or numpy writes it: its digits, without zeros around them, and the exponent of the
    first.
    """
    mantissa, _, shown = text.partition("e")
    before, _, after = mantissa.partition(".")
    digits = before + after
    significant = digits.lstrip("0")
    exponent = int(shown or 0) + len(before) - 1 - (len(digits) - len(significant))
    return significant.rstrip("0"), exponent


def laid_out(digits, exponent, is_negative=False):
    sign = "-" if is_negative else ""
    count = len(digits)
    if exponent < -6 or exponent > 20:
        fraction = f".{digits[1:]}" if count > 1 else ""
        return f"{sign}{digits[0]}{fraction}e{'-' if exponent < 0 else '+'}{abs(exponent)}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-1 - exponent)}{digits}"
    if count <= exponent + 1:
        return sign + digits + "0" * (exponent + 1 - count)
    return f"{sign}{digits[: exponent + 1]}.{digits[exponent + 1 :]}"

