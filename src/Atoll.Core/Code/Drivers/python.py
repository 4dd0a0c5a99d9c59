# The Python side of a code context: reads requests (JSON, one a line) from its first stdin and runs them one after another in one namespace.
#
# What user code writes goes to the process's stdout and stderr untouched. Between it, in frames that start with a mark only this request knows, go results, errors and the end.
# A frame is written in pieces that a pipe takes whole (PIPE_BUF), so that nothing another thread or process writes can fall inside one.
# It needs Python 3.8 and only the standard library.
import ast
import base64
import builtins
import contextlib
import importlib.abc
import importlib.util
import inspect
import io
import json
import linecache
import os
import random
import shlex
import signal
import subprocess
import sys
import threading
import traceback
import types

DRIVER_FILE = '<atoll>'
PIECE = 3900
MIME_FIELDS = {
    'text/plain': 'text', 'text/html': 'html', 'text/markdown': 'markdown', 'image/svg+xml': 'svg', 'image/png': 'png', 'image/jpeg': 'jpeg',
    'application/pdf': 'pdf', 'text/latex': 'latex', 'application/json': 'json', 'application/javascript': 'javascript',
}
REPR_METHODS = {
    '_repr_html_': 'html', '_repr_markdown_': 'markdown', '_repr_svg_': 'svg', '_repr_png_': 'png', '_repr_jpeg_': 'jpeg',
    '_repr_pdf_': 'pdf', '_repr_latex_': 'latex', '_repr_json_': 'json', '_repr_javascript_': 'javascript',
}

# The request channel moves away from fd 0, and frames have descriptors of their own: user code may close or redirect 0, 1 and 2.
request_fd = os.dup(0)
out_fd, err_fd, owner = os.dup(1), os.dup(2), os.getpid()
nothing = os.open('/dev/null', os.O_RDONLY)
os.dup2(nothing, 0)
os.close(nothing)

frame_lock = threading.RLock()
state = {'nonce': b'', 'count': 0, 'running': False, 'limit': 8 << 20, 'origin': None, 'rest': b''}


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
    data = dumped(frame)
    with frame_lock:
        flush()
        mark = b'\x1e' + state['nonce']
        for at in range(0, len(data), PIECE):
            piece = data[at:at + PIECE]
            write_all(out_fd if fd is None else fd, mark + (b'+' if at + PIECE < len(data) else b'.') + piece + b'\n')


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


def describe(value):
    """Its representations, and which of them were left out or cut."""
    fields, cut = {}, {}
    try:
        fields['text'] = repr(value)
    except Exception as failure:
        fields['text'] = '<%s, whose repr() failed: %s>' % (type(value).__name__, said_by(failure))
    if isinstance(value, type):
        return fields, cut
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
                made = make(value, cut)
            except Exception:
                made = None
            if made is not None:
                fields[field] = made
    return fields, cut


def emit_result(fields, cut=None, main=False):
    cut = {} if cut is None else cut
    if 'text' in fields:
        fields['text'] = bounded(fields['text'], 'text', cut)
    # The largest representation goes first when all of them together are too much.
    sizes = {name: len(dumped(value)) for name, value in fields.items()}
    while sum(sizes.values()) > state['limit']:
        largest = max(sizes, key=sizes.get)
        size = length_of(fields.pop(largest))
        cut[largest] = max(size, cut.get(largest, 0))
        del sizes[largest]
        sys.stderr.write('[the %s of a result was left out: %d bytes, and at most %d are passed on]\n' % (largest, size, state['limit']))
    if fields or cut:
        emit({'type': 'result', 'main': main, 'data': fields, 'cut': cut})


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
            emit_result(*describe(value))


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


def run_part(tree, name, mode):
    compiled = compile(tree, name, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    if compiled.co_flags & inspect.CO_COROUTINE:
        return await_cell(eval(compiled, main.__dict__))
    with lent_loop():
        return eval(compiled, main.__dict__)


def run_cell(code, name):
    tree, code = parse(code, name)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not is_silenced(code, tree.body[-1]):
        last = ast.Expression(tree.body.pop().value)
    if tree.body:
        run_part(tree, name, 'exec')
    if last is None:
        return
    value = run_part(last, name, 'eval')
    if value is None:
        return
    main.__dict__['_'] = value
    with lent_loop():
        if is_figure(value):
            emit_figure(value)
        else:
            emit_result(*describe(value), main=True)


def trimmed(failure):
    # From the cell on: what leads there is the same for every one.
    report = traceback.TracebackException.from_exception(failure)
    seen = report
    while seen is not None:
        frames = list(seen.stack)
        first = next((at for at, frame in enumerate(frames) if frame.filename.startswith('<cell ')), len(frames) if seen is report else 0)
        seen.stack = traceback.StackSummary.from_list([frame for frame in frames[first:] if frame.filename != DRIVER_FILE])
        seen = seen.__cause__ or seen.__context__
    return ''.join(report.format())


def emit_error(failure, trace):
    cut = {}
    value = bounded(said_by(failure), 'value', cut)
    emit({'type': 'error', 'name': type(failure).__name__, 'value': value, 'traceback': bounded(trace, 'traceback', cut, end=True), 'cut': cut})


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
    code = outdented(request['code'])
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
        emit_error(failure, trimmed(failure))


def reseed():
    """Generators in this process's memory, which a fork of that memory shares with it. What asks the kernel need not be."""
    random.seed()
    if 'numpy.random' in sys.modules:
        sys.modules['numpy.random'].seed()
    if 'ssl' in sys.modules:
        sys.modules['ssl'].RAND_add(os.urandom(32), 32)


def begin(request):
    """Where nothing ran yet, the interpreter may have been started before it was known for whom. Another origin than the last request's: this is a fork of that interpreter."""
    state['count'] += 1
    before, state['origin'] = state['origin'], request.get('origin')
    if before is not None and before != state['origin']:
        with contextlib.suppress(Exception):
            reseed()
    first = request.get('init') if state['count'] == 1 else None
    if first:
        os.environ.update(first.get('env') or {})
        os.chdir(first['cwd'])


def reset_child():
    # In a fork, text goes through the pipe like any other process's.
    state['running'] = False
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def next_line():
    """The next request, or nothing at the end. Background tasks go on meanwhile."""
    while b'\n' not in state['rest']:
        wait_readable(request_fd, owner)
        try:
            more = os.read(request_fd, 65536)
        except BlockingIOError:
            continue
        if not more:
            return b''
        state['rest'] += more
    line, _, state['rest'] = state['rest'].partition(b'\n')
    return line


def serve():
    while True:
        try:
            line = next_line()
        except KeyboardInterrupt:
            continue
        if not line:
            return
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
            emit_error(failure, '')
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
patch_asyncio()
serve()
