"""The chart of a run as one SVG: what was done to the service, and how soon it knew what had become of lost answers."""

from collections import Counter
from collections.abc import Sequence
from html import escape

from tests.faults.figures import Figures

WIDTH = 520
LEFT, RIGHT = 16, 504
BAR, STEP = 16, 40
GROUPS = (
    ("processes killed (kill -9)", ("kill", "failpoint")),
    ("processes frozen or stopped", ("freeze", "stop ")),
    ("accepted, and the answer lost or spoiled", ("accept_", "half_answer", "error_after", "garbage")),
    ("refused, failed or slow before acceptance", ("error_before", "reset_before", "rate_limit", "redirect", "slow")),
    ("news dropped, repeated, late, forged or in a storm", ("callback", "forged", "storm", "link followed")),
    ("opt-outs and pauses beside a claim", ("opt-out", "pause")),
    ("workflows reset, continued, moved or poisoned", ("reset", "continued", "runs that change", "poison")),
    ("held, cut off or refused on the wire", ("hold", "cut", "blackhole", "partition", "refuse ", "connection", "CRM")),
)  # fmt: skip
"""What the bars count, by how the kinds of faults begin; the rest is one more bar."""
THE_REST = "everything else"
SOURCES = {"callback": "told by a callback", "list": "found in the provider's list", "nobody": "given to a person"}
STYLE = """
  svg { --ink: #1c2127; --soft: #5f6b7a; --line: #d5dbe2; --bar: #3467b4; --b: #12876f; --c: #b4581b;
        font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e8ecf1; --soft: #9aa7b5; --line: #36404c; --bar: #7aa5ea; --b: #45c4a5; --c: #e8935a; } }
  text { fill: var(--ink); } .soft { fill: var(--soft); } .head { font-weight: 600; font-size: 14px; }
  .bar { fill: var(--bar); } .grid { stroke: var(--line); } .callback { stroke: var(--bar); } .list { stroke: var(--b); }
  .nobody { stroke: var(--c); } .curve { fill: none; stroke-width: 2; } .end { text-anchor: end; } .mid { text-anchor: middle; }
"""


def chart(figures: Figures) -> str:
    """Return the SVG; it needs nothing else and follows the reader's light or dark."""
    top = 64
    bars, bottom = _bars(figures, top)
    curves, height = _curves(figures, bottom + 24)
    title = f"{sum(figures.faults.values())} faults, {figures.messages['planned']} messages"
    zeros = f"{figures.zeros['duplicates']} sent twice, {figures.zeros['lost']} lost, {figures.zeros['unexplained']} unexplained"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}: {zeros}">',
            f"<style>{STYLE}</style>",
            f'<text class="head" x="{LEFT}" y="22">{title}: {zeros}</text>',
            f'<text class="soft" x="{LEFT}" y="42">faults injected in one run of {figures.seconds:.0f} s</text>',
            *bars,
            *curves,
            "</svg>",
        ]
    )


def grouped(faults: dict[str, int]) -> dict[str, int]:
    """Count faults by the bars of the chart, the most frequent first; kinds that no bar names are one more bar."""
    counted: Counter[str] = Counter()
    for kind, times in faults.items():
        counted[next((title for title, heads in GROUPS if kind.startswith(heads)), THE_REST)] += times
    return dict(counted.most_common())


def _bars(figures: Figures, top: int) -> tuple[list[str], int]:
    groups = grouped(figures.faults)
    most = max(groups.values(), default=1)
    drawn = []
    for number, (title, times) in enumerate(groups.items()):
        y = top + number * STEP
        width = max(2.0, times / most * (RIGHT - LEFT - 60))
        drawn.append(f'<text x="{LEFT}" y="{y}">{escape(title)}</text>')
        drawn.append(f'<rect class="bar" x="{LEFT}" y="{y + 5}" width="{width:.0f}" height="{BAR}" rx="3"/>')
        drawn.append(f'<text class="soft" x="{LEFT + width + 8:.0f}" y="{y + 18}">{times}</text>')
    return drawn, top + len(groups) * STEP


def _curves(figures: Figures, top: int) -> tuple[list[str], int]:
    lost = figures.lost_answers
    if lost.until_known is None:
        return [], top
    drawn = [
        f'<text class="head" x="{LEFT}" y="{top + 8}">{lost.count} answers lost: how soon it was known what became of them</text>'
    ]
    plot_top, plot_bottom, left = top + 28, top + 208, LEFT + 40
    longest = max(1.0, lost.until_known.p99)
    for share in (0, 0.5, 1):
        y = plot_bottom - share * (plot_bottom - plot_top)
        drawn.append(f'<line class="grid" x1="{left}" x2="{RIGHT}" y1="{y}" y2="{y}"/>')
        drawn.append(f'<text class="soft end" x="{left - 6}" y="{y + 4}">{share:.0%}</text>')
    for tick in range(5):
        x = left + tick / 4 * (RIGHT - left)
        drawn.append(f'<text class="soft mid" x="{x - 8:.0f}" y="{plot_bottom + 18}">{tick / 4 * longest:.1f} s</text>')
    y = plot_bottom + 42
    for source, seconds in lost.seconds.items():
        kind = source if source in SOURCES else "nobody"
        points = _steps(seconds, longest, left, plot_top, plot_bottom)
        drawn.append(f'<polyline class="curve {kind}" points="{points}"/>')
        drawn.append(f'<line class="curve {kind}" x1="{left}" x2="{left + 22}" y1="{y - 4}" y2="{y - 4}"/>')
        drawn.append(f'<text x="{left + 30}" y="{y}">{escape(SOURCES.get(source, source))}: {len(seconds)}</text>')
        y += 20
    return drawn, y + 4


def _steps(seconds: Sequence[float], longest: float, left: int, top: int, bottom: int) -> str:
    """The share that is known by each moment up to `longest`, as a line of steps."""
    points = [(0.0, 0.0)]
    for number, moment in enumerate(sorted(seconds), 1):
        if moment > longest:
            break
        points += [(moment, points[-1][1]), (moment, number / len(seconds))]
    points.append((longest, points[-1][1]))
    return " ".join(
        f"{left + x / longest * (RIGHT - left):.1f},{bottom - share * (bottom - top):.1f}" for x, share in points
    )
