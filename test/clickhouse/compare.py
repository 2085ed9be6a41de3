#!/usr/bin/env python3
"""Runs the ClickHouse texts of test/hunt/dialects on ClickHouse and compares their rows with what merlon answers.
usage: compare.py MERLON LIBCHDB   Prints a line for each difference, then "passed failed skipped"."""
import ctypes, glob, json, os, re, subprocess, sys

merlon, library = sys.argv[1:3]
root = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
NOW = 'set query_now = datetime(2022-09-28 22:13:20);'  # as in src/hunt/dialect/cases_test.cpp, whose SQL holds that time
TYPES = {'string': 'String', 'int': 'Nullable(Int32)', 'long': 'Nullable(Int64)', 'real': 'Nullable(Float64)', 'bool': 'Nullable(Bool)',
         'datetime': 'Nullable(Int64)', 'timespan': 'Nullable(Int64)', 'decimal': 'Nullable(Decimal(38,18))'}


class Engine:
    """ClickHouse in this process (chdb.h)."""

    def __init__(self, path):
        self.lib = ctypes.CDLL(path)
        self.lib.chdb_connect.restype = ctypes.POINTER(ctypes.c_void_p)
        self.lib.chdb_connect.argtypes = [ctypes.c_int, ctypes.POINTER(ctypes.c_char_p)]
        self.lib.chdb_query.restype = ctypes.c_void_p
        self.lib.chdb_query.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
        for name, kind in (('buffer', ctypes.c_void_p), ('length', ctypes.c_size_t), ('error', ctypes.c_char_p)):
            function = getattr(self.lib, 'chdb_result_' + name)
            function.restype, function.argtypes = kind, [ctypes.c_void_p]
        self.lib.chdb_destroy_query_result.argtypes = [ctypes.c_void_p]
        self.connection = self.lib.chdb_connect(1, (ctypes.c_char_p * 1)(b'clickhouse'))[0]
        self.run('SET output_format_json_quote_denormals = 1, output_format_json_quote_64bit_integers = 0')

    def run(self, sql):
        result = self.lib.chdb_query(self.connection, sql.encode(), b'JSONCompactEachRow')
        try:
            error = self.lib.chdb_result_error(result)
            if error:
                raise RuntimeError(error.decode())
            length = self.lib.chdb_result_length(result)
            text = ctypes.string_at(self.lib.chdb_result_buffer(result), length).decode() if length else ''
            return [json.loads(line) for line in text.splitlines()]
        finally:
            self.lib.chdb_destroy_query_result(result)


def read_cases():
    """(title, query, sql) of each text; sql is None where the dialect refuses."""
    for path in sorted(glob.glob(os.path.join(root, 'test/hunt/dialects/*.txt'))):
        for block in re.split(r'(?m)^## ', open(path, encoding='utf-8').read())[1:]:
            title, rest = block.split('\n', 1)
            parts = re.split(r'(?m)^--- (\w+)\n', rest)
            texts = dict(zip(parts[1::2], parts[2::2]))
            sql = texts.get('clickhouse', '').rstrip('\n')
            if sql:
                yield title, parts[0], None if sql.startswith('refused: ') else sql


def ticks(text, kind):
    """The ticks of 100 ns that the engines hold where merlon writes a time."""
    if kind == 'datetime':
        date, clock = text.rstrip('Z').split('T')
        year, month, day = (int(n) for n in date.split('-'))
        import datetime
        days, sign = datetime.date(year, month, day).toordinal() - 1, 1
    else:
        sign = -1 if text.startswith('-') else 1
        text = text.lstrip('-')
        days, clock = text.split('.', 1) if re.match(r'\d+\.\d+:', text) else ('0', text)
        days = int(days)
    hours, minutes, seconds = clock.split(':')
    whole, _, part = seconds.partition('.')
    return sign * ((((days * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(whole)) * 10**7 + int((part + '0' * 7)[:7]))


def as_held(value, kind):
    if value is None:
        return None
    if kind in ('datetime', 'timespan'):
        return ticks(value, kind)
    if kind == 'real':
        return str(value).lower() if isinstance(value, str) else float(value)
    return value


def as_given(value, kind):
    if kind == 'dynamic' and isinstance(value, str):
        return json.loads(value)
    if kind == 'real' and value is not None:
        return value.lower() if isinstance(value, str) else float(value)
    return value


def main():
    cases = list(read_cases())
    lines = '\n'.join(json.dumps({'id': str(i), 'query': NOW + '\n' + case[1]}) for i, case in enumerate(cases))
    answers = {}
    said = subprocess.run([merlon, 'hunt', '--in-memory', '--batch', '/dev/stdin'], input=lines, capture_output=True, text=True, check=True)
    for line in said.stdout.splitlines():
        answer = json.loads(line)
        answers[answer['id']] = answer
    engine = Engine(library)
    engine.run('CREATE DATABASE hunting')
    made, passed, failed = set(), 0, 0
    for i, (title, query, sql) in enumerate(cases):
        if sql is None:
            continue
        for table in set(re.findall(r'hunting\."(\w+)"', sql)) - made:
            made.add(table)
            columns = json.load(open(os.path.join(root, f'schema/tables/{table}.json')))['columns']
            listed = ', '.join(f'"{c["name"]}" ' + TYPES.get(c['type'], 'Nullable(String)') for c in columns)
            engine.run(f'CREATE TABLE hunting."{table}" ({listed}) ENGINE = Memory')
        answer = answers[str(i)]
        try:
            if 'error' in answer:
                raise RuntimeError('merlon: ' + answer['error']['message'])
            kinds = [c['type'] for c in answer['columns']]
            want = [[as_held(v, k) for v, k in zip(row, kinds)] for row in answer['rows']]
            got = [[as_given(v, k) for v, k in zip(row, kinds)] for row in engine.run(sql)]
            if not re.search(r'\|\s*(sort|top)\b[^|]*$', query):  # rows without an order
                want, got = (sorted(rows, key=json.dumps) for rows in (want, got))
            if want != got:
                raise RuntimeError(f'merlon {json.dumps(want)}\nclickhouse {json.dumps(got)}')
            passed += 1
        except (RuntimeError, ValueError) as wrong:
            failed += 1
            print(f'{title}\n{wrong}\n{sql}\n')
    print(passed, failed, 0)


main()
