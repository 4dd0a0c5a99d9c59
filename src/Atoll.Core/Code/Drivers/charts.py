# Charts as data: what a matplotlib figure shows, read back from its axes. Comes before python.py in the same program.
import re


def values_of(raw):
    return [point.isoformat() if hasattr(point, 'isoformat') else str(point) if type(point).__name__ == 'datetime64' else point.item() if hasattr(point, 'item') else point for point in raw]


def unit_of(label):
    found = re.search(r'\(([^()]*)\)\s*$', label)
    return found.group(1) if found else None


def scale_of(axis, raw):
    if any(hasattr(value, 'isoformat') or type(value).__name__ == 'datetime64' for value in list(raw)[:1]):
        return 'datetime'
    converter = axis.get_converter() if hasattr(axis, 'get_converter') else getattr(axis, 'converter', None)
    name = type(converter).__name__
    return 'datetime' if 'Date' in name else 'categorical' if 'Category' in name else axis.get_scale()


def watch_boxes(axes):
    # What a box plot drew cannot be read back from its lines; the figures it was drawn from can be kept.
    draw = axes.bxp

    def bxp(self, bxpstats, *args, **kwargs):
        upright = kwargs.get('vert') is not False and kwargs.get('orientation') != 'horizontal'
        self.__dict__.setdefault('_atoll_boxes', []).extend((stats, upright) for stats in bxpstats)
        before = len(self.lines)
        drawn = draw(self, bxpstats, *args, **kwargs)
        self.__dict__.setdefault('_atoll_box_lines', []).extend(list(self.lines)[before:])
        return drawn

    axes.bxp = bxp


def ticks_of(axes, raw_x, raw_y):
    return {
        'xTicks': values_of(axes.get_xticks()), 'xTickLabels': [tick.get_text() for tick in axes.get_xticklabels()], 'xScale': scale_of(axes.xaxis, raw_x),
        'yTicks': values_of(axes.get_yticks()), 'yTickLabels': [tick.get_text() for tick in axes.get_yticklabels()], 'yScale': scale_of(axes.yaxis, raw_y),
    }


def shown_label(artist, number):
    label = str(artist.get_label())
    return 'series %d' % number if label.startswith('_') or not label else label


def nearest(position, ticks, labels):
    at = min(range(len(ticks)), key=lambda i: abs(ticks[i] - position), default=None)
    if at is not None and at < len(labels) and labels[at] and abs(ticks[at] - position) < 0.5:
        return labels[at]
    return str(round(position, 6))


def lines_of(axes):
    boxes = axes.__dict__.get('_atoll_box_lines', [])
    lines = [line for line in axes.get_lines() if line not in boxes and len(line.get_xdata()) > 0]
    if not lines:
        return None
    elements = [{'label': shown_label(line, i + 1), 'points': [list(pair) for pair in zip(values_of(line.get_xdata(orig=True)), values_of(line.get_ydata(orig=True)))]} for i, line in enumerate(lines)]
    return {'type': 'line', **ticks_of(axes, lines[0].get_xdata(orig=True), lines[0].get_ydata(orig=True)), 'elements': elements}


def scatters_of(axes):
    sets = [drawn for drawn in axes.collections if type(drawn).__name__ == 'PathCollection']
    if not sets:
        return None
    elements = [{'label': shown_label(drawn, i + 1), 'points': [values_of(pair) for pair in drawn.get_offsets().tolist()]} for i, drawn in enumerate(sets)]
    return {'type': 'scatter', **ticks_of(axes, [], []), 'elements': elements}


def bars_of(axes):
    containers = [drawn for drawn in axes.containers if type(drawn).__name__ == 'BarContainer']
    if not containers:
        return None
    elements = []
    for number, container in enumerate(containers):
        lying = container.orientation == 'horizontal'
        axis = axes.yaxis if lying else axes.xaxis
        ticks, labels = list(axis.get_ticklocs()), [tick.get_text() for tick in axis.get_ticklabels()]
        for bar in container.patches:
            center = bar.get_y() + bar.get_height() / 2 if lying else bar.get_x() + bar.get_width() / 2
            elements.append({'label': nearest(center, ticks, labels), 'value': (bar.get_width() if lying else bar.get_height()).__float__(), 'group': shown_label(container, number + 1)})
    return {'type': 'bar', **ticks_of(axes, [], []), 'elements': elements}


def pie_of(axes):
    wedges = [patch for patch in axes.patches if type(patch).__name__ == 'Wedge']
    if not wedges:
        return None
    return {'type': 'pie', 'elements': [{'label': shown_label(wedge, i + 1), 'angle': round(float(wedge.theta2 - wedge.theta1), 4), 'radius': float(wedge.r)} for i, wedge in enumerate(wedges)]}


def boxes_of(axes):
    boxes = axes.__dict__.get('_atoll_boxes')
    if not boxes:
        return None
    elements = []
    for number, (stats, upright) in enumerate(boxes):
        axis = axes.xaxis if upright else axes.yaxis
        labels = [tick.get_text() for tick in axis.get_ticklabels()]
        elements.append({
            'label': str(stats.get('label') or (labels[number] if number < len(labels) else number + 1)),
            'min': float(stats['whislo']), 'firstQuartile': float(stats['q1']), 'median': float(stats['med']), 'thirdQuartile': float(stats['q3']), 'max': float(stats['whishi']),
            'outliers': [float(value) for value in stats.get('fliers', [])],
        })
    return {'type': 'box_and_whisker', **ticks_of(axes, [], []), 'elements': elements}


def chart_of_axes(axes):
    for read in (pie_of, boxes_of, bars_of, scatters_of, lines_of):
        chart = read(axes)
        if chart is None:
            continue
        head = {'type': chart.pop('type'), 'title': axes.get_title() or None}
        if head['type'] != 'pie':
            head.update({'xLabel': axes.get_xlabel() or None, 'yLabel': axes.get_ylabel() or None, 'xUnit': unit_of(axes.get_xlabel()), 'yUnit': unit_of(axes.get_ylabel())})
        return {**head, **chart}
    return None


def chart_of(figure):
    """The chart of a figure, a superchart of several, or None when nothing in it is known. The figure must have been drawn: ticks get their labels then."""
    charts = [chart for chart in map(chart_of_axes, figure.get_axes()) if chart is not None]
    if not charts:
        return None
    if len(charts) == 1:
        return charts[0]
    title = figure.get_suptitle() if hasattr(figure, 'get_suptitle') else (figure._suptitle.get_text() if figure._suptitle else '')
    return {'type': 'superchart', 'title': title or None, 'elements': charts}
