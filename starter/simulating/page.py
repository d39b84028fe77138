"""A simulation as one file that a browser shows: picture, timetable, messages. It loads nothing."""

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from models.simulating.timetable import Timetable
from starter.simulating import lines
from starter.simulating.picture import Picture

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ table.title }}: simulation</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color: #1c2226; }
table { border-collapse: collapse; } th, td { text-align: left; vertical-align: top; padding: .3rem .8rem; }
td:not(:last-child) { white-space: nowrap; }
.picture { overflow-x: auto; } pre { white-space: pre-wrap; font: inherit; background: #f6f5f1; padding: .8rem; max-width: 44rem; }
</style></head><body>
<h1>{{ table.title }}</h1>
<p>{{ table.sequence }} v{{ table.version }} for {{ table.client }};
the lead may be in {{ table.zones|join(", ") }}. Nothing was sent.</p>
<p><strong>{{ ending }}</strong></p>
<div class="picture">{{ picture }}</div>
<h2>Timetable</h2>
<table><thead><tr>{% for column in columns %}<th scope="col">{{ column }}</th>{% endfor %}</tr></thead><tbody>
{% for line in lines %}<tr><td>{{ line.day }}</td><td>{{ line.local }}</td><td>{{ line.agency }}</td><td>{{ line.step }}</td>
<td>{{ line.what }}</td><td>{{ line.says }}</td></tr>
{% endfor %}</tbody></table>
<h2>Messages</h2>
{% for said, message in messages %}<h3>{{ said }}</h3><pre>{% if message.subject %}{{ message.subject }}

{% endif %}{{ message.body }}</pre>
{% endfor %}
<ul>{% for said in remarks %}<li>{{ said }}</li>{% endfor %}</ul>
</body></html>
"""
_TEMPLATE = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(_PAGE)


def page_of(table: Timetable) -> str:
    """Return the whole page."""
    return _TEMPLATE.render(
        table=table,
        ending=lines.ending(table),
        picture=Markup(Picture(table).svg()),  # noqa: S704  (made here, its texts escaped)
        columns=lines.COLUMNS,
        lines=list(lines.lines(table)),
        messages=[(lines.about(message, table.zones[0]), message) for message in table.messages],
        remarks=[*lines.calendar_of(table), *table.assumptions],
    )
