"""The report of a run: one page that needs nothing else, the chart by itself, and the figures for programs."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tests.faults.chart import chart
from tests.faults.figures import Figures

TEMPLATE = "report.html.jinja"


def write_report(figures: Figures, directory: Path) -> Path:
    """Write report.html, chart.svg and figures.json; return the page's path."""
    directory.mkdir(parents=True, exist_ok=True)
    drawn = chart(figures)
    (directory / "chart.svg").write_text(drawn + "\n")
    (directory / "figures.json").write_text(figures.model_dump_json(indent=2) + "\n")
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    # The chart is ours and escapes what it shows.
    page = templates.get_template(TEMPLATE).render(
        figures=figures,
        chart=Markup(drawn),  # noqa: S704
        faults=sum(figures.faults.values()),
    )
    path = directory / "report.html"
    path.write_text(page)
    return path
