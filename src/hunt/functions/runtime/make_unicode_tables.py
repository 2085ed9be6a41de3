#!/usr/bin/env python3
"""Writes unicode_tables.inc: term characters (letters and digits) and simple case mappings, from Python's unicodedata.
usage: ./make_unicode_tables.py > unicode_tables.inc"""
import sys
import unicodedata


def ranges(wanted):
    out, start = [], None
    for code in range(0x80, 0x110001):
        inside = code < 0x110000 and wanted(code)
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            out.append((start, code - 1))
            start = None
    return out


def simple(code, method):
    # Python gives full mappings; the simple ones are those of one character, except where Unicode defines another.
    changed = getattr(chr(code), method)()
    return ord(changed) if len(changed) == 1 else None


def emit(name, kind, rows, per_line):
    print(f"constexpr {kind} {name}[] = {{")
    for i in range(0, len(rows), per_line):
        print("    " + " ".join("{" + ", ".join(f"0x{v:X}" for v in row) + "}," for row in rows[i:i + per_line]))
    print("};\n")


print("// Made by make_unicode_tables.py from Unicode", unicodedata.unidata_version, "- do not edit.\n")
emit("term_ranges", "CodeRange", ranges(lambda c: unicodedata.category(chr(c))[0] in "LN"), 6)
for name, method in (("upper_pairs", "upper"), ("lower_pairs", "lower")):
    pairs = []
    for code in range(0x80, 0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        mapped = simple(code, method)
        if mapped is not None and mapped != code:
            pairs.append((code, mapped))
    emit(name, "CasePair", pairs, 7)
