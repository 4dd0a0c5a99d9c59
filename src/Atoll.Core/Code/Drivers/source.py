# The text of a cell on its way to Python: what of it is indentation, magic, or a wish for silence. Comes before python.py in the same program.
import ast
import re


def outdented(code):
    """Without the indentation of its first line, as IPython takes cells that were cut out of a function. Lines keep their numbers."""
    lines = code.split('\n')
    first = next((line for line in lines if line.strip()), '')
    indent = first[:len(first) - len(first.lstrip(' \t'))]
    return '\n'.join(line[len(indent):] if line.startswith(indent) else line for line in lines) if indent else code


def parse(code, name):
    """The tree, and the text that it is of."""
    if code.lstrip().startswith('%%bash'):
        code = '__atoll_magic__(%r)' % ('!' + code.lstrip().partition('\n')[2])
    try:
        return ast.parse(code, name), code
    except SyntaxError:
        # Only code that is no Python may hold magic lines: text that happens to begin a line with % is left alone.
        lines = [re.sub(r'^(\s*)([%!]\S.*)$', lambda m: '%s__atoll_magic__(%r)' % (m[1], m[2].rstrip()), line) for line in code.split('\n')]
        magical = '\n'.join(lines)
        if magical == code:
            raise
        return ast.parse(magical, name), magical


def is_silenced(code, last):
    """A semicolon after the last expression: its value is not shown."""
    lines = code.split('\n')
    rest = lines[last.end_lineno - 1].encode('utf-8', 'surrogatepass')[last.end_col_offset:]
    return rest.lstrip().startswith(b';')


