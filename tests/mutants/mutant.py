"""One deliberate mistake in the code: what it breaks, what must notice it, and a copy of the project that has it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    ".venv", ".git", ".local", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "*.egg-info"
)


@dataclass(frozen=True)
class Edit:
    """Replace a text that occurs exactly once in a file."""

    file: str
    old: str
    new: str

    def made_in(self, text: str) -> str:
        """Return the file's text with the change. Raises ValueError if the place is not found exactly once."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file} has {text.count(self.old)} times: {self.old!r}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Mutant:
    """A mistake that somebody could make.

    Args:
        name: short, for the command line.
        mistake: what is wrong, as a sentence.
        edits: how the mistake is made.
        tests: pytest arguments; one of these tests must fail.
        scenarios: fault scenarios to run, of which one must fail; none where tests alone must notice it.
        invariants: of these the auditor must name at least one in the scenarios' run.
        refused: the words with which the service refuses to start at all, if it does; there is nothing to audit then.
    """

    name: str
    mistake: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]
    scenarios: tuple[str, ...] = ()
    invariants: frozenset[str] = frozenset()
    refused: str = ""

    def changed_files(self) -> dict[str, str]:
        """Return the text of every changed file. Raises ValueError if the mistake cannot be made any more."""
        texts = {edit.file: (ROOT / edit.file).read_text() for edit in self.edits}
        for edit in self.edits:
            texts[edit.file] = edit.made_in(texts[edit.file])
        return texts

    def copy_to(self, directory: Path) -> None:
        """Write the whole project there, with the mistake."""
        changed = self.changed_files()
        shutil.copytree(ROOT, directory, ignore=LEFT_OUT)
        for file, text in changed.items():
            (directory / file).write_text(text)
