# The Python side of a code context: reads requests (JSON, one a line) from its first stdin and runs them one after another in one namespace.
#
# What user code writes goes to the process's stdout and stderr untouched. Between it, in frames that start with a mark only this request knows, go results, errors and the end.
# A frame is written in pieces that a pipe takes whole (PIPE_BUF), so that nothing another thread or process writes can fall inside one.
# It needs Python 3.8 and only the standard library.
import ast
import asyncio
import base64
import builtins
import contextlib
import importlib.abc
import importlib.util
import inspect
import io
import json
import linecache
import math
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import traceback
import types

DRIVER_FILE = '<atoll>'
PIECE = 3900
MAX_TEXT = 1 << 20
MAX_TABLE_CELLS = 100_000
MIME_FIELDS = {
    'text/plain': 'text', 'text/html': 'html', 'text/markdown': 'markdown', 'image/svg+xml': 'svg', 'image/png': 'png', 'image/jpeg': 'jpeg',
    'application/pdf': 'pdf', 'text/latex': 'latex', 'application/json': 'json', 'application/javascript': 'javascript',
}
REPR_METHODS = {
    '_repr_html_': 'html', '_repr_markdown_': 'markdown', '_repr_svg_': 'svg', '_repr_png_': 'png', '_repr_jpeg_': 'jpeg',
    '_repr_pdf_': 'pdf', '_repr_latex_': 'latex', '_repr_json_': 'json', '_repr_javascript_': 'javascript',
}

# The request channel moves away from fd 0, and frames have descriptors of their own: user code may close or redirect 0, 1 and 2.
requests = os.fdopen(os.dup(0), 'rb')
out_fd, err_fd, owner = os.dup(1), os.dup(2), os.getpid()
nothing = os.open('/dev/null', os.O_RDONLY)
os.dup2(nothing, 0)
os.close(nothing)

frame_lock = threading.RLock()
state = {'nonce': b'', 'count': 0, 'running': False, 'limit': 8 << 20}


def write_all(fd, data):
    while data:
        try:
            data = data[os.write(fd, data):]
        except BlockingIOError:
            os.set_blocking(fd, True)  # A child that shares the pipe made it non-blocking.
        except OSError:
            return


def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # Closed or replaced by user code.


def emit(frame, fd=None):
    if os.getpid() != owner:
        return  # A fork of the interpreter: what is told is its parent's to tell.
    data = json.dumps(frame, separators=(',', ':')).encode()
    with frame_lock:
        flush()
        mark = b'\x1e' + state['nonce']
        for at in range(0, len(data), PIECE):
            piece = data[at:at + PIECE]
            write_all(out_fd if fd is None else fd, mark + (b'+' if at + PIECE < len(data) else b'.') + piece + b'\n')


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


def encode(field, value):
    if field in ('png', 'jpeg', 'pdf') and isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if field == 'json':
        return clean(value)
    return value if isinstance(value, str) else str(value)


def add_mimes(fields, bundle):
    for mime, value in bundle.items():
        field = MIME_FIELDS.get(mime)
        if field:
            fields[field] = encode(field, value)
        else:
            fields.setdefault('extra', {})[str(mime)] = clean(value)


def plain_json(value):
    if not isinstance(value, (dict, list)):
        return None
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except Exception:
        return None  # It holds something that JSON has no word for: the text says what.


def table_of(value):
    kind = type(value)
    if kind.__name__ != 'DataFrame' or not kind.__module__.startswith('pandas.') or value.size > MAX_TABLE_CELLS:
        return None
    return {str(name): [clean(cell) for cell in value.iloc[:, at].tolist()] for at, name in enumerate(value.columns)}


def describe(value):
    fields = {}
    try:
        fields['text'] = repr(value)[:MAX_TEXT]
    except Exception as failure:
        fields['text'] = '<%s, whose repr() failed: %s>' % (type(value).__name__, failure)
    if isinstance(value, type):
        return fields
    bundle = getattr(value, '_repr_mimebundle_', None)
    if callable(bundle):
        try:
            made = bundle(include=None, exclude=None)
            add_mimes(fields, made[0] if isinstance(made, tuple) else made)
        except Exception:
            pass  # A representation that fails is left out, as notebooks do.
    for name, field in REPR_METHODS.items():
        method = getattr(value, name, None)
        if field in fields or not callable(method):
            continue
        try:
            made = method()
            if isinstance(made, tuple):
                made = made[0]
            if made is not None:
                fields[field] = encode(field, made)
        except Exception:
            pass
    for field, make in (('json', plain_json), ('data', table_of)):
        if field not in fields:
            try:
                made = make(value)
            except Exception:
                made = None
            if made is not None:
                fields[field] = made
    return fields


def emit_result(fields, main=False):
    # The largest representation goes first when all of them together are too much.
    while fields and len(json.dumps(fields)) > state['limit']:
        largest = max(fields, key=lambda name: len(json.dumps(fields[name])))
        size = len(json.dumps(fields.pop(largest)))
        sys.stderr.write('[the %s of a result was left out: %d bytes, and at most %d are passed on]\n' % (largest, size, state['limit']))
    if fields:
        emit({'type': 'result', 'main': main, 'data': fields})


def display(*values, raw=False, **_):
    """Shows values as results, each with every representation it has. With raw=True, values are dictionaries by MIME type."""
    for value in values:
        if os.getpid() != owner:
            print(value)
        elif raw and isinstance(value, dict):
            fields = {}
            add_mimes(fields, value)
            emit_result(fields)
        elif is_figure(value):
            emit_figure(value)
        else:
            emit_result(describe(value))


def is_figure(value):
    kind = type(value)
    return kind.__name__ == 'Figure' and kind.__module__.startswith('matplotlib.')


def emit_figure(figure):
    image = io.BytesIO()
    figure.savefig(image, format='png', bbox_inches='tight')
    fields = {'text': repr(figure), 'png': base64.b64encode(image.getvalue()).decode()}
    try:
        chart = chart_of(figure)
        if chart is not None:
            fields['chart'] = clean(chart)
    except Exception as failure:
        fields['extra'] = {'chartError': repr(failure)}  # The picture is whole without its data.
    emit_result(fields)
    pyplot = sys.modules.get('matplotlib.pyplot')
    if pyplot is not None:
        pyplot.close(figure)


def emit_figures(*_, **__):
    pyplot = sys.modules.get('matplotlib.pyplot')
    if pyplot is not None and os.getpid() == owner:
        for number in pyplot.get_fignums():
            emit_figure(pyplot.figure(number))


def patch_pyplot(module):
    module.show = emit_figures
    watch_boxes(sys.modules['matplotlib.axes'].Axes)


def patch_display(module):
    module.display = display


class AfterImport(importlib.abc.MetaPathFinder):
    """Changes a module right after it was imported, so that its first use already finds the change."""

    patches = {'matplotlib.pyplot': patch_pyplot, 'IPython.display': patch_display}

    def find_spec(self, name, path=None, target=None):
        patch = self.patches.pop(name, None)
        if patch is None:
            return None
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            self.patches[name] = patch  # Not installed yet.
            return None
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            patch(module)

        spec.loader.exec_module = exec_module
        return spec


class InputUnavailable(EOFError):
    """Nobody can answer: code runs without a terminal."""


def refuse_input(prompt=''):
    raise InputUnavailable('input() has nobody to answer it here; put the value into the code or the environment')


class UnknownMagic(SyntaxError):
    """A line that starts with % or ! and is none of those known here."""


def shell(line):
    flush()
    program = '/bin/bash' if os.path.exists('/bin/bash') else '/bin/sh'
    main.__dict__['_exit_code'] = subprocess.run([program, '-c', line]).returncode


def magic(line):
    if line.startswith('!'):
        return shell(line[1:])
    name, _, rest = line[1:].partition(' ')
    rest = rest.strip()
    if name == 'pip':
        return shell(shlex.quote(sys.executable) + ' -m pip ' + rest)
    if name == 'cd':
        os.chdir(os.path.expanduser(rest or '~'))
        return print(os.getcwd())
    if name == 'pwd':
        return print(os.getcwd())
    if name == 'env':
        key, has_value, value = rest.partition('=')
        if has_value:
            os.environ[key.strip()] = value.strip()
            return None
        return print(os.environ.get(key, '')) if key else print('\n'.join('%s=%s' % pair for pair in os.environ.items()))
    if name == 'matplotlib':
        return None
    raise UnknownMagic('%%%s is not known here; there are %%pip, %%cd, %%pwd, %%env, %%matplotlib (which does nothing), %%%%bash for a whole cell, and !command' % name)


def parse(code, name):
    if code.startswith('%%bash'):
        code = '__atoll_magic__(%r)' % ('!' + code.partition('\n')[2])
    try:
        return ast.parse(code, name)
    except SyntaxError:
        # Only code that is no Python may hold magic lines: text that happens to begin a line with % is left alone.
        lines = [re.sub(r'^(\s*)([%!]\S.*)$', lambda m: '%s__atoll_magic__(%r)' % (m[1], m[2].rstrip()), line) for line in code.split('\n')]
        if lines == code.split('\n'):
            raise
        return ast.parse('\n'.join(lines), name)


def run_part(tree, name, mode):
    compiled = compile(tree, name, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    if not compiled.co_flags & inspect.CO_COROUTINE:
        return eval(compiled, main.__dict__)
    task = loop.create_task(eval(compiled, main.__dict__))
    try:
        return loop.run_until_complete(task)
    except KeyboardInterrupt:
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        raise


def run_cell(code, name):
    tree = parse(code, name)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not code.rstrip().endswith(';'):
        last = ast.Expression(tree.body.pop().value)
    if tree.body:
        run_part(tree, name, 'exec')
    if last is None:
        return
    value = run_part(last, name, 'eval')
    if value is None:
        return
    main.__dict__['_'] = value
    if is_figure(value):
        emit_figure(value)
    else:
        emit_result(describe(value), main=True)


def trimmed(failure):
    # From the cell on: what leads there is the same for every one.
    report = traceback.TracebackException.from_exception(failure)
    seen = report
    while seen is not None:
        frames = list(seen.stack)
        first = next((at for at, frame in enumerate(frames) if frame.filename.startswith('<cell ')), len(frames) if seen is report else 0)
        seen.stack = traceback.StackSummary.from_list([frame for frame in frames[first:] if frame.filename != DRIVER_FILE])
        seen = seen.__cause__ or seen.__context__
    return ''.join(report.format())[-MAX_TEXT:]


def where():
    try:
        return os.getcwd()
    except OSError:
        return '/'  # It was removed.


def on_interrupt(*_):
    if state['running']:
        raise KeyboardInterrupt


def run(request):
    name = '<cell %d>' % state['count']
    code = request['code']
    linecache.cache[name] = (len(code), None, code.splitlines(True), name)
    cwd = where() if request.get('cwd') else None
    saved = {key: os.environ.get(key) for key in request.get('env') or {}}
    failure = None
    signal.signal(signal.SIGINT, on_interrupt)
    try:
        try:
            state['running'] = True
            emit({'type': 'start'}, err_fd)
            emit({'type': 'start', 'count': state['count']})
            if request.get('cwd'):
                os.chdir(request['cwd'])
            os.environ.update(request.get('env') or {})
            run_cell(code, name)
            emit_figures()
        finally:
            state['running'] = False
    except SystemExit as ended:
        if ended.code not in (None, 0):
            failure = ended
    except BaseException as raised:
        failure = raised
    if os.getpid() != owner:
        flush()
        os._exit(1 if failure else 0)  # A fork that came out of the cell: the end is its parent's to tell.
    signal.signal(signal.SIGINT, on_interrupt)
    for key, value in saved.items():
        os.environ.pop(key, None) if value is None else os.environ.__setitem__(key, value)
    if cwd:
        with contextlib.suppress(OSError):
            os.chdir(cwd)
    if failure is not None:
        sys.last_value = failure
        emit({'type': 'error', 'name': type(failure).__name__, 'value': str(failure)[:MAX_TEXT], 'traceback': trimmed(failure)})


def begin(request):
    """Where nothing ran yet, the interpreter may have been started before it was known for whom."""
    state['count'] += 1
    first = request.get('init') if state['count'] == 1 else None
    if first:
        os.environ.update(first.get('env') or {})
        os.chdir(first['cwd'])


def reset_child():
    # In a fork, text goes through the pipe like any other process's.
    state['running'] = False
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def serve():
    for line in iter(requests.readline, b''):
        request = json.loads(line)
        state['nonce'], state['limit'] = request['nonce'].encode(), request.get('maxResultBytes', state['limit'])
        os.set_blocking(out_fd, True)
        os.set_blocking(err_fd, True)
        try:
            begin(request)
            run(request)
        except KeyboardInterrupt:
            pass  # It came between two cells.
        except OSError as failure:
            # The first directory cannot be entered.
            emit({'type': 'start'}, err_fd)
            emit({'type': 'start', 'count': state['count']})
            emit({'type': 'error', 'name': type(failure).__name__, 'value': str(failure), 'traceback': ''})
        emit({'type': 'end', 'count': state['count']})
        emit({'type': 'end'}, err_fd)


main = types.ModuleType('__main__')
main.__dict__.update({'__builtins__': builtins, 'display': display, '__atoll_magic__': magic})
sys.modules['__main__'] = main
sys.argv = ['']
builtins.input, builtins.display = refuse_input, display
sys.stdin = open(0, closefd=False)
for standard in (sys.stdout, sys.stderr):
    standard.reconfigure(line_buffering=True, errors='backslashreplace')
os.environ.setdefault('MPLBACKEND', 'Agg')
sys.meta_path.insert(0, AfterImport())
os.register_at_fork(after_in_child=reset_child)
signal.signal(signal.SIGINT, on_interrupt)
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
serve()
