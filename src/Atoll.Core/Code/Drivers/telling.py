# Values in the words of frames: texts that are Unicode, of bounded length, and said to be cut where they are. Comes before python.py in the same program.
import json
import math

MAX_TEXT = 1 << 20
MAX_TABLE_CELLS = 100_000


def in_unicode(text):
    """Lone surrogates as escapes, the way Python's stderr has them: no JSON can carry them to everybody."""
    return text.encode('utf-8', 'backslashreplace').decode()


def sayable(value):
    if isinstance(value, str):
        return in_unicode(value)
    if isinstance(value, dict):
        return {in_unicode(key): sayable(each) for key, each in value.items()}
    return [sayable(each) for each in value] if isinstance(value, (list, tuple)) else value


def dumped(value):
    try:
        return json.dumps(value, separators=(',', ':'), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(sayable(value), separators=(',', ':'), ensure_ascii=False).encode()


def length_of(value):
    return len(in_unicode(value).encode()) if isinstance(value, str) else len(dumped(value))


def bounded(text, name, cut, end=False):
    """At most MAX_TEXT bytes of it: the first, or the last. How many they were goes into cut."""
    if len(text) <= MAX_TEXT // 4:
        return text
    data = text.encode('utf-8', 'backslashreplace')
    if len(data) <= MAX_TEXT:
        return text
    cut[name] = len(data)
    return (data[-MAX_TEXT:] if end else data[:MAX_TEXT]).decode('utf-8', 'ignore')


def said_by(failure):
    try:
        return str(failure)
    except Exception as other:
        return '<%s, whose str() failed: %s>' % (type(failure).__name__, type(other).__name__)


def clean(value, depth=0):
    # JSON has no NaN and no keys but texts.
    if depth > 32:
        return None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(k): clean(v, depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(v, depth + 1) for v in value]
    if hasattr(value, 'isoformat'):
        return value.isoformat()
    if hasattr(value, 'item'):
        try:
            return clean(value.item(), depth + 1)
        except Exception:
            pass
    return str(value)


def plain_json(value, _):
    if not isinstance(value, (dict, list)):
        return None
    try:
        return json.loads(json.dumps(value, allow_nan=False), object_pairs_hook=without_doubles)
    except Exception:
        return None  # It holds something that JSON has no word for: the text says what.


def without_doubles(pairs):
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError('two keys become one, as 1 and "1" do')
    return made


def names_of(columns):
    """Each column by a name of its own: the second a is a.1, as pandas reads it from a file."""
    names = []
    taken = {str(column) for column in columns}
    for column in map(str, columns):
        name, number = column, 0
        while name in names or (number > 0 and name in taken):
            number += 1
            name = '%s.%d' % (column, number)
        names.append(name)
    return names


def table_of(value, cut):
    kind = type(value)
    if kind.__name__ != 'DataFrame' or not kind.__module__.startswith('pandas.'):
        return None
    if value.size > MAX_TABLE_CELLS:
        cut['data'] = int(value.size)
        return None
    return {name: [clean(cell) for cell in value.iloc[:, at].tolist()] for at, name in enumerate(names_of(list(value.columns)))}


