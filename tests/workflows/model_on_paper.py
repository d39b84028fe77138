"""A model that words what it is told to, or fails as it is told to."""

from models.drafting import Material, Written


class ModelOnPaper:
    """Puts a sentence before the plain text. `fails` is raised instead, every time."""

    name = "paper-1"

    def __init__(self) -> None:
        self.says = "Here is how it went."
        self.fails: Exception | None = None
        self.asked: list[Material] = []

    def draft(self, material: Material) -> Written:
        self.asked.append(material)
        if self.fails is not None:
            raise self.fails
        return Written(subject=material.plain.subject, body=f"{self.says}\n\n{material.plain.body}")
