"""A library of templates and sequences as files: read, checked, and turned into versions."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from activities.rendering import check_template
from models.copywriting import SequenceStep, SequenceVersion, TemplateVersion
from models.errors import UnusableTemplate
from models.terms import Channel, ConsentKind

TEMPLATES = Path(__file__).parent / "templates"
SHIPPED = TEMPLATES / "library.yaml"


class Library(BaseModel):
    """Template and sequence versions that belong together: every step's template is among them."""

    model_config = ConfigDict(frozen=True)

    templates: tuple[TemplateVersion, ...]
    sequences: tuple[SequenceVersion, ...]


def read_library(path: Path = SHIPPED) -> Library:
    """Return the library in a YAML file. Texts lie beside it, as `<key>.v<version>.<channel>.txt` unless `file` says else.

    Raises:
        UnusableTemplate: the file or a text is not usable; says which one and why.
    """
    try:
        written = yaml.safe_load(path.read_text())
        templates = tuple(_template(entry, path.parent) for entry in written["templates"])
        sequences = tuple(SequenceVersion.model_validate(entry) for entry in written["sequences"])
    except (KeyError, TypeError, ValueError, OSError, yaml.YAMLError) as error:
        raise UnusableTemplate(f"{path.name}: {error}") from None
    for sequence in sequences:
        for step in sequence.steps:
            _check_step(sequence, step, templates)
    return Library(templates=templates, sequences=sequences)


def _template(entry: dict[str, Any], folder: Path) -> TemplateVersion:
    channel = Channel(entry["channel"])
    file = folder / entry.get("file", f"{entry['key']}.v{entry['version']}.{channel}.txt")
    subject, body = split_subject(file.read_text())
    template = TemplateVersion(
        key=entry["key"],
        version=entry["version"],
        channel=channel,
        consent_needed=ConsentKind[str(entry["consent"]).upper()],
        subject=subject,
        body=body,
    )
    check_template(template)
    return template


def split_subject(written: str) -> tuple[str, str]:
    """Return subject and body of a text file; the subject is its first line if that begins with `Subject:`."""
    first, _, rest = written.partition("\n")
    if first.startswith("Subject:"):
        return first.removeprefix("Subject:").strip(), rest.strip()
    return "", written.strip()


def _check_step(sequence: SequenceVersion, step: SequenceStep, templates: tuple[TemplateVersion, ...]) -> None:
    where = f"sequence {sequence.key} v{sequence.version}, step {step.key}"
    found = next((t for t in templates if (t.key, t.version) == (step.template, step.version)), None)
    if found is None:
        raise UnusableTemplate(f"{where}: there is no template {step.template} v{step.version}")
    if found.channel is not step.channel:
        raise UnusableTemplate(f"{where}: the template is for {found.channel}, the step for {step.channel}")
    if step.response_window <= timedelta(0):
        raise UnusableTemplate(f"{where}: response_window must be longer than nothing")
